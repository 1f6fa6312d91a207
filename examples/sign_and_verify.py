"""Make keys, mark a film or still, sign it, and say what anyone can see of it who trusts these keys.

python examples/sign_and_verify.py FILE FOLDER
"""

import sys
from pathlib import Path

from unmask.media.probe import probe
from unmask.provenance.credentials import read_credentials
from unmask.provenance.keys import new_keys, open_mark_keys
from unmask.provenance.ledger import ledger_folder, new_clip
from unmask.provenance.marking import Order, mark_file
from unmask.provenance.marks import read_marks
from unmask.provenance.signing_order import SigningOrder, sign_as_asked
from unmask.settings import settings

source, folder = Path(sys.argv[1]), Path(sys.argv[2])
keys = folder / "KEYS"
new_keys("Example Archive", keys)

mark_keys, ledger = open_mark_keys(keys), ledger_folder(keys)
ending = ".mp4" if (media := probe(source, settings())).kind == "video" else ".png"
marked, signed = folder / f"marked{ending}", folder / f"signed{ending}"
noted = mark_file(Order(source, marked, new_clip(ledger)), media, settings(), mark_keys, ledger)
sign_as_asked(SigningOrder(marked, signed), settings(), keys)

media = probe(signed, settings())
for anchors in (None, keys / "anchors.pem"):
    found = read_credentials(signed, media, settings(), anchors)
    print(f"{found.state}: {found.sentence}")
picture, _ = read_marks(signed, media, settings(), mark_keys, None)
if picture is not None:
    print(f"{picture.state}: {picture.sentence}")
    print("the payload is that which was written:", picture.payload == noted.payload)
