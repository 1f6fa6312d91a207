"""Sealed pictures that are shown on this machine and not kept: the ledger knows of them before anyone sees one."""

from hashlib import sha256

from unmask.forgery.seal import SealedFrame, require_genuine_frame
from unmask.provenance.ledger import Entry, record
from unmask.version import __version__

NAME = "shown live"
"""What stands in the ledger where a file's name would."""


def note_shown(frame: SealedFrame) -> Entry:
    """Note that pictures of sealed media are shown from here on.

    The line carries the payload of their mark, by which a film of the screen may be known, and as its hash that of the
    first picture's pixels, since there is no file.

    Args:
        frame: The first picture.

    Raises:
        TypeError: It was not sealed.
        OutputError: The ledger cannot be written; nothing is to be shown then.
    """
    first = require_genuine_frame(frame)
    media, truth = first.media, first.media.truth
    entry = Entry(
        NAME,
        truth.kind,
        sha256(first.made.image.tobytes()).hexdigest(),
        payload=media.payload,
        sources=tuple(dict.fromkeys(source.sha256 for source in truth.sources)),
        extra={"truth": truth.as_json(), "mask": None, "version": __version__},
    )
    return record(media.sealer.lab.ledger, entry)
