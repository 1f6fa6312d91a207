"""Watermark: whether the keyed mark of an institution, which dies where a picture is made anew, is alive in the faces."""

import numpy as np

from unmask.provenance.declared import COMPOSED, SYNTHETIC, declarations
from unmask.provenance.stretches import joined, total_seconds
from unmask.signals.likelihood import log_odds, probability
from unmask.types import Card, Evidence, PictureMark, Provenance, Segment, SoundMark

CARD = Card(
    name="watermark",
    question="Is the keyed mark that was put into picture and sound still alive, above all in the faces?",
    needs="provenance",
    kinds=("video", "image", "audio"),
    requires="the key of the institution or of the clip, and a file that was marked with it",
    answers="a mark gone from a face is a strong sign that the face was made anew; a living mark speaks against an "
    "alteration since marking; no mark speaks for nothing",
    paper="After quantisation index modulation: Chen and Wornell, IEEE Transactions on Information Theory 47, 2001.",
    failures=(
        "A caption, a logo or a blurred face kills the mark as a forgery does; what stands there now must be looked at.",
        "A living mark says that nothing was changed since marking; what was marked may itself be made.",
        "An unmarked file and one whose mark was wiped out everywhere read the same.",
    ),
    cap=3.0,
    sees=("altered-file",),
)

FACE = 0.96, 1.6
"""The mark is gone from a face: probability of forgery, and half width of its interval in log-odds."""
PICTURE = 0.9, 1.4
"""Gone from the picture, and no face could be judged."""
EXPLAINED = 0.7, 1.4
"""Gone, but alive in every face, as after a caption; or from a film that is damaged, which tears pictures."""
SOUND = 0.9, 1.6
"""Gone from the sound."""
ALIVE = 0.05, 1.5
"""Alive wherever it can be judged."""
SOUND_ALIVE = 0.1, 1.6
"""Alive in the sound of a file without a picture."""
CALLED_MADE = "The signer calls the file made or put together, so a living mark says only that it is as it was marked."
LEAST_SURE, MOST_SURE = 0.5, 0.99
"""Bounds of what the map may say of the altered blocks."""


def examine(provenance: Provenance) -> Evidence:
    """Evidence from the marks in picture and sound."""
    picture, sound = provenance.picture, provenance.sound
    if picture is None and sound is None:
        return Evidence.abstain(CARD.name, "no-key", "No key of a mark was given, so no mark was looked for.")
    if _is(picture, "altered") or _is(sound, "altered"):
        return _altered(picture, sound, provenance.damaged_pictures)
    if picture is not None and picture.state == "intact":
        return _alive(picture, sound, provenance)
    if picture is None and sound is not None and sound.state == "intact":
        return _alive_in_sound(sound, provenance)
    because = [mark.sentence for mark in (picture, sound) if mark is not None]
    weak = _is(picture, "undecidable") or (picture is None and _is(sound, "undecidable"))
    return Evidence.abstain(CARD.name, "undecidable" if weak else "no-mark", *because)


def _is(mark: PictureMark | SoundMark | None, state: str) -> bool:
    return mark is not None and mark.state == state


def _altered(picture: PictureMark | None, sound: SoundMark | None, damaged_pictures: int) -> Evidence:
    """The stronger of what picture and sound say, with the sentences and stretches of both."""
    found = [_altered_picture(picture, damaged_pictures)] if picture is not None and picture.state == "altered" else []
    found += [_altered_sound(sound)] if sound is not None and sound.state == "altered" else []
    first = max(found, key=lambda one: one.fake or 0.0)
    ordered = [first, *(one for one in found if one is not first)]
    others = [mark.sentence for mark in (picture, sound) if mark is not None and mark.state != "altered"]
    return Evidence(
        CARD.name,
        first.fake,
        (*(sentence for one in ordered for sentence in one.because), *others),
        interval=first.interval,
        segments=tuple(sorted((it for one in found for it in one.segments), key=lambda it: it.start)),
        measured={name: value for one in found for name, value in one.measured.items()},
    )


def _altered_picture(mark: PictureMark, damaged_pictures: int) -> Evidence:
    gone = [face for face in mark.faces if face.state == "altered"]
    beside = mark.faces and all(face.state == "intact" for face in mark.faces)
    base, slack = FACE if gone else PICTURE
    if beside or damaged_pictures:
        base, slack = EXPLAINED
    odds = log_odds(base) + (log_odds(_sureness(mark)) - log_odds(MOST_SURE)) / 4
    fake, interval = probability(odds), (probability(odds - slack), probability(odds + slack))
    stretches = joined(
        [
            *((region.start, region.end) for region in mark.regions),
            *(bounds for face in gone for bounds in face.altered),
        ]
    )
    because = [mark.sentence]
    if damaged_pictures:
        because.append(
            f"Pictures that cannot be decoded ({damaged_pictures}) tear what follows them, which kills it too."
        )
    for face in gone:
        seconds = f" for {total_seconds(face.altered):.1f} s" if face.altered else ""
        alive = "" if face.alive is None else f" ({100 * max(face.alive, 0.0):.0f} % of it is alive there in all)"
        because.append(f"It is gone from the face of person {face.id}{seconds}{alive}.")
    if beside:
        because.append(f"It is alive in all faces ({len(mark.faces)}); a caption or logo kills it as well.")
    measured = {
        "altered_regions": float(len(mark.regions)),
        "altered_faces": float(len(gone)),
        "altered_seconds": total_seconds(stretches),
        "coherence": mark.coherence,
    }
    segments = tuple(Segment(start, end, fake) for start, end in stretches if end > start)
    return Evidence(CARD.name, fake, tuple(because), interval=interval, segments=segments, measured=measured)


def _sureness(mark: PictureMark) -> float:
    """Median probability of the blocks in the altered regions, as the map says; the least when it says nothing."""
    blocks = mark.map
    if blocks is None:
        return LEAST_SURE
    rows, columns = blocks.altered.shape[1:]
    across = blocks.offset[0] + blocks.block[0] * (np.arange(columns) + 0.5)
    down = blocks.offset[1] + blocks.block[1] * (np.arange(rows) + 0.5)
    step = float(np.median(np.diff(blocks.times))) if len(blocks.times) > 1 else 0.0
    inside = []
    for region in mark.regions:
        left, top, right, bottom = region.box
        when = (blocks.times <= region.end) & (blocks.times + step >= region.start)
        chosen = blocks.altered[np.ix_(when, (down > top) & (down < bottom), (across > left) & (across < right))]
        inside.append(chosen[np.isfinite(chosen)])
    known = np.concatenate(inside) if inside else np.empty(0)
    return float(np.clip(np.median(known), LEAST_SURE, MOST_SURE)) if len(known) else LEAST_SURE


def _altered_sound(mark: SoundMark) -> Evidence:
    base, slack = SOUND
    odds = log_odds(base)
    stretches = joined(mark.altered)
    segments = tuple(Segment(start, end, base) for start, end in stretches if end > start)
    interval = probability(odds - slack), probability(odds + slack)
    measured = {"altered_sound_seconds": total_seconds(stretches)}
    return Evidence(CARD.name, base, (mark.sentence,), interval=interval, segments=segments, measured=measured)


def _alive(picture: PictureMark, sound: SoundMark | None, provenance: Provenance) -> Evidence:
    """Against an alteration since marking, the less the less of the picture and its faces could be judged."""
    other = sound.sentence if sound is not None else "The sound carries another mark, which was not looked for."
    if _is_called_made(provenance):
        return Evidence.abstain(CARD.name, "context-only", picture.sentence, CALLED_MADE, other)
    judged = [face for face in picture.faces if face.state == "intact"]
    share = len(judged) / len(picture.faces) if picture.faces else 1.0 - float(np.clip(picture.undecidable, 0.0, 1.0))
    base, slack = ALIVE
    odds = log_odds(base) * share
    if not share:
        return Evidence.abstain(
            CARD.name, "undecidable", picture.sentence, "It is too weak in the faces to judge them."
        )
    faces = f"It is alive in {len(judged)} of {len(picture.faces)} faces."
    whole = f"{100 * share:.0f} % of the picture could be judged."
    because = (picture.sentence, faces if picture.faces else whole, other)
    measured = {"judged_percent": 100 * share, "coherence": picture.coherence}
    interval = probability(odds - slack), probability(odds + slack)
    return Evidence(CARD.name, probability(odds), because, interval=interval, measured=measured)


def _is_called_made(provenance: Provenance) -> bool:
    """Whether a trusted signer says that the file was made or put together, after which the mark was laid over it."""
    found = provenance.credentials
    told = declarations(found.manifest) if found is not None and found.state == "trusted" and found.manifest else ()
    return any(one.source_type in SYNTHETIC | COMPOSED for one in told)


def _alive_in_sound(sound: SoundMark, provenance: Provenance) -> Evidence:
    if _is_called_made(provenance):
        return Evidence.abstain(CARD.name, "context-only", sound.sentence, CALLED_MADE)
    base, slack = SOUND_ALIVE
    interval = probability(log_odds(base) - slack), probability(log_odds(base) + slack)
    judged = float(np.isfinite(sound.integrity).sum())
    because = (sound.sentence, f"{judged:.0f} seconds of the sound could be judged.")
    return Evidence(CARD.name, base, because, interval=interval, measured={"judged_seconds": judged})
