"""What went wrong, as the API tells it: a code for programs, a sentence and the way out for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from unmask.errors import UnmaskError
from unmask.report.plain import text

_WAYS_OUT: Mapping[str, str] = {
    "usage": "Mend the request.",
    "not-analysed": "Check another copy of the file.",
    "unreadable": "Send the file again.",
    "not-media": "Send a video, an image or a sound file.",
    "broken": "Ask for the original, or for another copy of it.",
    "over-limit": "Send a shorter or smaller part of it, or raise the limit on the machine of the service.",
    "not-written": "Try again in a moment; ask whoever runs the service if it stays so.",
    "no-room": "Delete checks that are no longer needed, or make room on the machine of the service.",
    "missing": "Ask whoever runs the service to run 'unmask doctor'.",
}


@dataclass(eq=False)  # not frozen: whatever handles an exception on its way sets its traceback
class Problem(Exception):
    """A request that is not answered as it was meant.

    Attributes:
        status: Of HTTP.
        code: The same for the same kind of problem.
        message: What is wrong, one sentence.
        way_out: What to do about it.
        headers: Of the answer.
    """

    status: int
    code: str
    message: str
    way_out: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def told(self) -> Mapping[str, str]:
        """As the body of an answer."""
        return {"code": self.code, "message": self.message, "way_out": self.way_out}


def too_many(message: str, seconds: int) -> Problem:
    """Who asks shall come back after some seconds."""
    return Problem(429, "too-many", message, f"Ask again in {seconds} s.", {"retry-after": str(seconds)})


def told(error: UnmaskError) -> Mapping[str, str]:
    """An error of unmask as the body of an answer."""
    return {"code": error.code, "message": text(str(error)), "way_out": _WAYS_OUT.get(error.code, "Try again.")}
