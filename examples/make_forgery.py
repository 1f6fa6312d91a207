"""Paste a face of a film over the same person's face in all of it, sealed by the lab: how forged.mp4 was made.

python examples/make_forgery.py examples/real.mp4 FOLDER      (needs the extra: pip install '.[lab]')
"""

import sys
from pathlib import Path

from unmask.forgery.lab import open_lab, open_sealer
from unmask.forgery.paste.face_paste import PasteRecipe
from unmask.forgery.pasting import paste_files
from unmask.forgery.writing import Coding, write_sealed
from unmask.settings import settings

source, folder = Path(sys.argv[1]), Path(sys.argv[2])
sealer = open_sealer(open_lab(folder / "lab"))
recipe = PasteRecipe(shape="inner-face", warp="similarity", transfer="hist", feather=0.03)
# Nobody is asked for a consent: the lab sees that both faces are one person's.
sealed = paste_files(source, source, recipe, sealer, settings())
written = write_sealed(sealed, folder / "forged.mp4", settings(), Coding(crf=20, masks=True))
print(f"{written.path}: {written.entry.kind}, {written.frames} frames; changed pixels in {written.mask}")
print(f"Noted in {sealer.lab.ledger}")
