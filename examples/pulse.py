"""Read heart and breath rate from films, or say why they cannot be read.

python examples/pulse.py [FILE…]
"""

import sys

import unmask

for name in sys.argv[1:] or ["examples/real.mp4"]:
    for person in unmask.read_vitals(name).people:
        if person.heart_rate_bpm is None:
            print(f"{name}, person {person.id}: not measurable ({person.reason}). {person.because[0]}")
            continue
        heart = f"{person.heart_rate_bpm:.1f} ± {person.heart_rate_error_bpm:.1f} beats a minute"
        breath = "not measurable" if person.breath_rate_bpm is None else f"{person.breath_rate_bpm:.0f} a minute"
        print(f"{name}, person {person.id}: {heart}, quality {person.quality:.2f}; breath {breath}")
