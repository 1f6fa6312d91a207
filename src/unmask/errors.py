"""What can go wrong, as one tree.

    UnmaskError
    ├── UsageError          the request makes no sense (exit 2)
    ├── InputError          this input cannot be analysed, the others can (exit 3)
    │   ├── Unreadable      it cannot be opened, or is no file
    │   ├── NotMedia        its bytes are no video, image or sound
    │   ├── BrokenMedia     it is media, but damaged beyond use
    │   └── OverLimit       it is larger, longer or slower than the limits allow
    ├── OutputError         a result could not be written (exit 3)
    │   └── NoRoom          the disk is full
    ├── MissingComponent    something is missing on this machine (exit 4)
    └── ServiceError        a service did not do what it was asked for (exit 3)

Each message is one sentence with the value, then the way out. Too little to see is no error but an abstention.
"""

from typing import ClassVar


class UnmaskError(Exception):
    """The root: catch it to catch everything unmask raises on purpose."""

    code: str = "error"
    exit_code: ClassVar[int] = 3


class UsageError(UnmaskError):
    """The request makes no sense: an unknown detector, a folder without media."""

    code = "usage"
    exit_code = 2


class InputError(UnmaskError):
    """This input cannot be analysed."""

    code = "not-analysed"


class Unreadable(InputError):
    """The path cannot be opened, or is not a regular file."""

    code = "unreadable"


class NotMedia(InputError):
    """The bytes are no video, image or sound that unmask reads."""

    code = "not-media"


class BrokenMedia(InputError):
    """The file is media, but nothing in it can be decoded."""

    code = "broken"


class OverLimit(InputError):
    """A limit on size, pixels, duration, memory or time was met."""

    code = "over-limit"


class OutputError(UnmaskError):
    """A report or result could not be written."""

    code = "not-written"


class NoRoom(OutputError):
    """The disk is full."""

    code = "no-room"


class MissingComponent(UnmaskError):
    """A weight file or a program is missing or not what it should be; `unmask doctor` tells which."""

    code = "missing"
    exit_code = 4


class ServiceError(UnmaskError):
    """A service, asked through `Client`, does not answer, refuses, or could not examine a file.

    Attributes:
        code: The service's own, the same for the same kind of problem; ``service`` where it does not answer.
        way_out: What to do about it.
        status: Of HTTP, None where there was no answer.
    """

    code = "service"

    def __init__(
        self, message: str, *, code: str = "service", way_out: str = "Try again.", status: int | None = None
    ) -> None:
        super().__init__(message)
        self.code, self.way_out, self.status = code, way_out, status
