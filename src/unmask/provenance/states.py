"""The states of Content Credentials, each explained in one sentence."""

from collections.abc import Iterable
from dataclasses import dataclass

from unmask.media.source import shown
from unmask.provenance.alteration import Comparison
from unmask.provenance.manifest import Reading
from unmask.types import CredentialState, Manifest

ABSENT = "It carries no Content Credentials, as most files do; that is no evidence."
UNHASHED = "Parts of the container that the standard leaves out of its hash (ftyp, free, skip, mfra) were changed since signing."
CONTRADICTION = "The standard's hash fits, but picture or sound are not those that the manifest states."
LEAST_MISSING_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Compared:
    """How a file compares with what was stated of it when it was signed.

    Attributes:
        picture: Whether the picture is the one that was signed, bit for bit; None when that was not compared.
        sound: The same of the sound.
        unhashed: Whether the boxes are that the standard's hash leaves out; None when they were not compared.
        alteration: How the picture differs; None when it was not compared.
        problems: Why something could not be compared, a sentence each.
    """

    picture: bool | None = None
    sound: bool | None = None
    unhashed: bool | None = None
    alteration: Comparison | None = None
    problems: tuple[str, ...] = ()

    @property
    def same(self) -> bool | None:
        """Whether picture and sound are those that were signed; None when they were not compared."""
        return None if self.picture is None or self.sound is None else self.picture and self.sound


def state_of(reading: Reading) -> CredentialState:
    """The state by what of a manifest holds, and by who signed it."""
    if reading.holding != "whole":
        return "altered"
    return "trusted" if reading.trusted else "valid"


def sentence_for(reading: Reading, compared: Compared, *, found_in: str, listed: bool, exact: bool) -> str:
    """The state in words.

    Args:
        reading: The manifest.
        compared: How the file compares with it.
        found_in: Where the manifest was found.
        listed: Whether the reader gave a trust list.
        exact: Whether a ledger knows these very bytes.
    """
    who = signer_name(reading.manifest)
    whence = "" if found_in == "file" else f" (the manifest lies in the {found_in})"
    if reading.holding == "statements":
        return f"Its manifest was changed after it was signed{whence}, so nothing that it states can be relied on."
    if reading.holding == "bytes":
        known = ", who is on your trust list," if reading.trusted else ""
        return f"Changed since {who}{known} signed it{whence}: {_changed(compared)}."
    known = ", byte for byte as the ledger has it" if exact else ""
    return f"Unchanged{known} since {_vouched(reading, who, listed=listed)}{whence}{_except(compared)}."


def signer_name(manifest: Manifest) -> str:
    """Whom the certificate names, in quotes."""
    signer = manifest.signer
    name = (signer.organization or signer.common_name) if signer else None
    return shown(name) if name else "a signer without a name"


def problems_of(reading: Reading, compared: Compared) -> tuple[str, ...]:
    """What is wrong, a sentence each."""
    return tuple(dict.fromkeys([*reading.problems, *_contradictions(reading, compared), *compared.problems]))


def _contradictions(reading: Reading, compared: Compared) -> Iterable[str]:
    if reading.holding == "whole":
        yield from [UNHASHED] if compared.unhashed is False else []
        yield from [CONTRADICTION] if compared.same is False else []


def _vouched(reading: Reading, who: str, *, listed: bool) -> str:
    if reading.unfit:
        return f"{who} signed it, {reading.unfit}, so that nobody vouches for the name"
    if reading.trusted:
        return f"{who} signed it, who is on your trust list"
    why = "is not on your trust list" if listed else "nobody vouches for, as no trust list was given"
    return f"{who} signed it, a name that {why}"


def _except(compared: Compared) -> str:
    if compared.same is False:
        return "; yet picture or sound are not those that the manifest states, so do not rely on it"
    return (
        "; only parts of the container outside the standard's hash were changed" if compared.unhashed is False else ""
    )


def _changed(compared: Compared) -> str:
    """What was changed, where it is known."""
    if compared.same:
        return "only the container or its tags were written anew, picture and sound are those that were signed"
    if compared.picture:
        return "the sound is another" + (", the picture the one that was signed" if compared.alteration else "")
    if compared.alteration is not None:
        return _where(compared.alteration)
    return "its bytes are not those that were signed" if compared.same is None else "picture or sound are others"


def _where(alteration: Comparison) -> str:
    regions = alteration.regions
    if alteration.everywhere:
        return "nearly everywhere the picture differs from the signed one, as after a crop or in another film"
    if not regions:
        return f"{_missing(alteration)}picture or sound were coded anew, but nowhere does the picture differ visibly"
    places = f"{len(regions)} places" if len(regions) > 1 else "one place"
    start, end = min(region.start for region in regions), max(region.end for region in regions)
    when = f" between {start:.1f} and {end:.1f} s" if end > start else ""
    return f"{_missing(alteration)}the picture differs from the signed one in {places}{when}"


def _missing(alteration: Comparison) -> str:
    seconds = alteration.missing_seconds
    return f"{seconds:.1f} s of the signed film are missing, " if seconds >= LEAST_MISSING_SECONDS else ""
