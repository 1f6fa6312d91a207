"""Credentials: what the signer of a file says of it, and whether it was changed since. A signature is never "real"."""

from unmask.provenance.declared import COMPOSED, SYNTHETIC, Declaration, declarations
from unmask.provenance.stretches import joined, total_seconds
from unmask.types import Card, Credentials, Evidence, Manifest, Provenance, Reason, Region, Segment

CARD = Card(
    name="credentials",
    question="Does the file's own signature call it made, or was it changed since signing?",
    needs="provenance",
    kinds=("video", "image", "audio"),
    requires="Content Credentials (C2PA) in the file, beside it or in the ledger",
    answers="a signer who calls the file made decides; a picture that no longer fits its signature is a strong sign; "
    "no credentials, or a valid signature, speak for nothing",
    paper="C2PA Technical Specification 2.2, 2025; IPTC Digital Source Type vocabulary, 2024.",
    failures=(
        "Anyone can sign a filmed clip anew under any name and call it made: look at who signed.",
        "A picture altered beside all faces is a weak sign, as captions and logos are put over films every day.",
        "Where a signer named no fingerprint, a film saved anew after signing cannot be told from an altered one.",
        "Whoever makes a forgery need not say so, and can strip what was said.",
    ),
    cap=5.5,
    sees=("altered-file",),
)

SAID_WHOLE = 0.995, (0.97, 0.999)
"""The signer calls the file made: far beyond what the other detectors may say against it together."""
SAID_PART = 0.93, (0.7, 0.985)
"""The signer calls a component made, which may be a face or a logo."""
SAID_COMPOSED = 0.75, (0.5, 0.9)
"""The signer says that it was put together from captures: a pasted face as well as a split screen."""
LOCATED = 0.92, (0.75, 0.98)
"""The picture differs in places from the fingerprint that was signed with it."""
CHANGED = 0.85, (0.6, 0.95)
"""Picture or sound are not those that were signed, and no fingerprint tells where."""
UNCLEAR = 0.7, (0.4, 0.9)
"""It is not as it was signed, but what was changed cannot be told, or a crop, a caption or damage explains it."""
EVERYWHERE = 0.5
"""Share of the picture from which on it is rather another, or cropped, than altered in places."""
LONGEST_NAME = 80


def examine(provenance: Provenance) -> Evidence:
    """Evidence from what a file's credentials say and from whether they hold."""
    found = provenance.credentials
    if found is None:
        return Evidence.abstain(CARD.name, "not-measurable", "Content Credentials were not looked for.")
    if found.state in ("absent", "unreadable"):
        reason: Reason = "no-credentials" if found.state == "absent" else "not-measurable"
        return Evidence.abstain(CARD.name, reason, found.sentence)
    # What was signed and is unchanged still has the signer's word, in whatever container it lies.
    told = _told(found) if found.state != "altered" or found.essence == "same" else None
    if told is not None:
        return told
    if found.state == "altered" or found.essence == "different":
        return _altered(found, provenance)
    because = "A signature says where a file comes from, not whether what it shows is true."
    return Evidence.abstain(CARD.name, "context-only", found.sentence, because, sought=CARD.sees)


def _told(found: Credentials) -> Evidence | None:
    """What the signer says of how the file was made, None when he names no source that is not filmed."""
    told = declarations(found.manifest) if found.manifest else ()
    synthetic = [one for one in told if one.source_type in SYNTHETIC]
    composed = [one for one in told if one.source_type in COMPOSED]
    whole = [one for one in synthetic if one.part == "whole"]
    if synthetic:
        return _said(found, whole or synthetic, SAID_WHOLE if whole else SAID_PART, len(told))
    return _said(found, composed, SAID_COMPOSED, len(told)) if composed else None


def _said(
    found: Credentials, told: list[Declaration], how_sure: tuple[float, tuple[float, float]], steps: int
) -> Evidence:
    first = told[0]
    of_what = "the file" if first.part == "whole" else f"a part of it, '{_short(first.title)}',"
    vouched = "on your trust list" if found.state == "trusted" else "not on your trust list"
    valid = f"The signature is valid; its signer is {vouched}."
    fake, interval = how_sure
    who, where = _signer(found.manifest), f"in {len(told)} of the {steps} steps that name a source"
    because = (
        f"Its own signer ({who}) calls {of_what} {first.words}, {where if steps > 1 else 'in 1 step'}.",
        "The signature holds for picture and sound, not for the container." if found.state == "altered" else valid,
    )
    measured = {"steps_called_so": float(len(told)), "steps_that_name_a_source": float(steps)}
    return Evidence(CARD.name, fake, because, interval=interval, measured=measured)


def _altered(found: Credentials, provenance: Provenance) -> Evidence:
    if found.essence == "same":
        because = "Tags or a container written anew are no sign of a forgery."
        return Evidence.abstain(CARD.name, "context-only", found.sentence, because, sought=CARD.sees)
    if found.regions == ():
        because = "To be saved anew is no sign of a forgery; what is small may be too fine for the signed fingerprint."
        return Evidence.abstain(CARD.name, "context-only", found.sentence, because, sought=CARD.sees)
    damaged = provenance.damaged_pictures
    if found.regions and damaged:
        because = f"Pictures that cannot be decoded ({damaged}) tear what follows them, which reads the same."
        return _unclear(found.sentence, because, UNCLEAR, {"damaged_pictures": float(damaged)})
    if found.regions and (found.differing or 0.0) < EVERYWHERE:
        return _located(found.sentence, found.regions, provenance.touched)
    if found.regions:
        share = found.differing or 0.0
        because = f"{100 * share:.0f} % of the picture differs: it was cropped, or it is another picture."
        return _unclear(found.sentence, because, UNCLEAR, {"differing_percent": 100 * share})
    failed = {"failed_checks": float(len(found.problems))}
    because = (
        f"Where it was changed cannot be said ({len(found.problems)} checks failed); a film saved anew reads the same."
    )
    return _unclear(found.sentence, because, UNCLEAR if found.essence is None else CHANGED, failed)


def _unclear(
    sentence: str, because: str, how_sure: tuple[float, tuple[float, float]], measured: dict[str, float]
) -> Evidence:
    fake, interval = how_sure
    return Evidence(CARD.name, fake, (sentence, because), interval=interval, measured=measured)


def _located(sentence: str, regions: tuple[Region, ...], touched: tuple[int, ...] | None) -> Evidence:
    fake, interval = UNCLEAR if touched == () else LOCATED
    stretches = joined((region.start, region.end) for region in regions)
    first = max(regions, key=lambda region: _area(region) * max(region.end - region.start, 1e-3))
    left, top, right, bottom = first.box
    when = f" from {first.start:.1f} to {first.end:.1f} s" if first.end > first.start else ""
    count = f"Of {len(regions)} altered places the largest" if len(regions) > 1 else "The one altered place"
    place = f"{count} is {right - left:.0f} × {bottom - top:.0f} pixels at {left:.0f}, {top:.0f}{when}."
    because = (sentence, place, *_faces(touched))
    measured = {"altered_regions": float(len(regions)), "altered_seconds": total_seconds(stretches)}
    segments = tuple(Segment(start, end, fake) for start, end in stretches if end > start)
    return Evidence(CARD.name, fake, because, interval=interval, segments=segments, measured=measured)


def _faces(touched: tuple[int, ...] | None) -> tuple[str, ...]:
    if touched is None:
        return ()
    people = ", ".join(str(number) for number in touched)
    return (
        (f"The face of person {people} was touched.",)
        if touched
        else ("No face was touched: a caption or a logo does that.",)
    )


def _area(region: Region) -> float:
    left, top, right, bottom = region.box
    return (right - left) * (bottom - top)


def _signer(manifest: Manifest | None) -> str:
    signer = manifest.signer if manifest else None
    name = (signer.organization or signer.common_name) if signer else None
    return _short(name) if name else "who gives no name"


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
