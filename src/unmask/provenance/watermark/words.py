"""The four answers in words."""

from unmask.types import PictureMark, Region


def sentence_for(mark: PictureMark, *, time_known: bool, length: float) -> str:
    """What was found, in one sentence.

    Args:
        mark: All but the sentence.
        time_known: Whether the clip's own part of the mark was found.
        length: Length of the examined film in seconds, 0 for a still.
    """
    whose = (
        f"The mark of {mark.organization}, clip {mark.payload.clip:08x},"
        if mark.payload
        else f"A mark of {mark.organization}"
    )
    if mark.state == "altered":
        return f"{whose} is in the picture, but gone from {_where(mark, length)}: this was made anew."
    if mark.state == "intact":
        return f"{whose} is alive wherever it can be judged ({1 - mark.undecidable:.0%} of the picture)."
    if not time_known:
        return f"{whose} is in the picture, but the part that changes with time does not fit or did not survive, so nothing can be said of changes."
    return f"{whose} is in the picture, but coding left too little of it to say whether something was changed."


def _where(mark: PictureMark, length: float) -> str:
    parts = [_region(region, length) for region in mark.regions[:2]]
    if len(mark.regions) > 2:
        parts.append(f"{len(mark.regions) - 2} more regions")
    gone = [str(face.id) for face in mark.faces if face.state == "altered"]
    if gone and not parts:
        parts.append(f"the face of person {', '.join(gone)}")
    elif gone:
        parts[0] += f", the face of person {', '.join(gone)}"
    return " and ".join(parts) or "a part of it"


def _region(region: Region, length: float) -> str:
    left, top, right, bottom = region.box
    place = f"{right - left:.0f}×{bottom - top:.0f} pixels at ({left:.0f}, {top:.0f})"
    return place if length <= 0 else f"{place} from {region.start:.1f} to {region.end:.1f} s"
