"""A change of one person's face, applied to the film or still they are followed through, and sealed."""

from unmask.forgery.followed import Followed
from unmask.forgery.lab import Sealer
from unmask.forgery.permission import Shown
from unmask.forgery.seal import Change, SealedMedia, seal_film, seal_still
from unmask.forgery.truth import Role, Source, Truth
from unmask.media.image import read_image
from unmask.media.source import shown
from unmask.settings import Settings
from unmask.types import Frame


def sealed_change(followed: Followed, change: Change, truth: Truth, sealer: Sealer, settings: Settings) -> SealedMedia:
    """Seal what becomes of a film or still.

    Args:
        followed: The person whose face is changed.
        change: Frame → what the lab makes of it.
        truth: What is known of the result.
        sealer: The lab's keys.
        settings: Limits, and the least sandbox.

    Raises:
        InputError: A still cannot be decoded.
    """
    if followed.media.kind == "image":
        made = change(Frame(read_image(followed.path, settings), 0.0))
        return seal_still(made, truth, sealer, faces=followed.everyone)
    return seal_film(followed.path, followed.media, change, truth, sealer, faces=followed.everyone)


def source_of(followed: Followed, role: Role) -> Source:
    """A file as the truth names it."""
    return Source(followed.path, followed.media.sha256, role)


def shown_in(followed: Followed) -> Shown:
    """A person as the question for consent names them."""
    return Shown(shown(followed.path).strip("'"), followed.media.sha256, followed.embedding)
