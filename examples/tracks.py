"""Follow the people of a film and save the aligned crops of their faces, the sharpest of each second.

python examples/tracks.py FILE FOLDER
"""

import sys
from pathlib import Path

import numpy as np

from unmask.faces.track import follow
from unmask.media.image import write_image
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import settings

path, folder = Path(sys.argv[1]), Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
media = probe(path, settings())
with open_frames(path, media, settings()) as film:
    following = follow(film)

print(f"{len(following.tracks)} person(s) in {following.frames} frames, {len(following.cuts)} cut(s)")
for track in following.tracks:
    yaw, pitch, roll = np.median(track.pose, axis=0)
    print(f"person {track.id}: {track.start:.1f} to {track.end:.1f} s, {track.face_width:.0f} pixels wide")
    print(f"  pose on the median: yaw {yaw:+.0f}°, pitch {pitch:+.0f}°, roll {roll:+.0f}°")
    for crop in track.crops:
        write_image(folder / f"person-{track.id}-{crop.seconds:07.3f}.png", crop.image)
    print(f"  {len(track.crops)} crops in {folder}")
