"""Ask one detector about the main person of a film and print all that it measured.

python examples/one_detector.py [DETECTOR] [FILE]
"""

import sys
from pathlib import Path

from unmask.detectors import choose
from unmask.faces.track import follow
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import settings

name = sys.argv[1] if len(sys.argv) > 1 else "seam"
path = Path(sys.argv[2] if len(sys.argv) > 2 else "examples/forged.mp4")
(detector,) = choose((name,))
media = probe(path, settings())
with open_frames(path, media, settings()) as film:
    tracks = follow(film, bits_per_pixel=media.video.bits_per_pixel if media.video else None).tracks

print(detector.card.question)
for subject in tracks[:1] if detector.card.needs == "track" else [media]:
    evidence = detector.examine(subject)
    print("abstained:" if evidence.fake is None else f"{evidence.fake:.2f}:", " ".join(evidence.because))
    for quantity, value in evidence.measured.items():
        print(f"  {quantity} = {value:.3g}")
    for segment in evidence.segments:
        print(f"  {segment.start:5.1f} to {segment.end:5.1f} s: {segment.fake:.2f}")
