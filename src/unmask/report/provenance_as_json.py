"""Where a file comes from, as plain values; `unmask check`, `unmask verify` and `unmask watermark read` print the same."""

from dataclasses import asdict
from typing import Any

from unmask.report.plain import optional_text, rounded, stretch, text
from unmask.types import (
    Action,
    Alignment,
    Credentials,
    FaceMark,
    Manifest,
    Payload,
    PictureMark,
    Provenance,
    Region,
    Signer,
    SoundMark,
)

Row = dict[str, Any]
NOT_EXAMINED: Row = {"credentials": None, "picture_mark": None, "sound_mark": None, "trust": None}


def provenance_as_json(provenance: Provenance) -> Row:
    """Credentials and marks, each null where it was not examined, and whom the reader trusts."""
    credentials, picture, sound = provenance.credentials, provenance.picture, provenance.sound
    return {
        "credentials": None if credentials is None else credentials_as_json(credentials),
        "picture_mark": None if picture is None else picture_mark_as_json(picture),
        "sound_mark": None if sound is None else sound_mark_as_json(sound),
        "trust": text(provenance.trust),
    }


def credentials_as_json(credentials: Credentials) -> Row:
    """State, sentence and the tree of manifests; regions are null when picture and fingerprint were not compared."""
    regions = credentials.regions
    return {
        "state": credentials.state,
        "sentence": text(credentials.sentence),
        "problems": [text(problem) for problem in credentials.problems],
        "essence": credentials.essence,
        "payload": _payload(credentials.payload),
        "regions": None if regions is None else [_region(region) for region in regions],
        "differing": rounded(credentials.differing, 4),
        "found_in": credentials.found_in,
        "manifest": None if credentials.manifest is None else manifest_as_json(credentials.manifest),
    }


def manifest_as_json(manifest: Manifest) -> Row:
    """One node of the tree with all below it."""
    return {
        "label": optional_text(manifest.label),
        "title": text(manifest.title),
        "form": optional_text(manifest.form),
        "relationship": text(manifest.relationship),
        "generator": optional_text(manifest.generator),
        "signer": None if manifest.signer is None else _told(manifest.signer),
        "actions": [_told(action) for action in manifest.actions],
        "problems": [text(problem) for problem in manifest.problems],
        "ingredients": [manifest_as_json(ingredient) for ingredient in manifest.ingredients],
    }


def picture_mark_as_json(mark: PictureMark) -> Row:
    """The mark in the picture without its map, which holds one number a block and stretch."""
    return {
        "state": mark.state,
        "sentence": text(mark.sentence),
        "payload": _payload(mark.payload),
        "organization": optional_text(mark.organization),
        "coherence": rounded(mark.coherence, 4),
        "alignment": None if mark.alignment is None else _alignment(mark.alignment),
        "regions": [_region(region) for region in mark.regions],
        "faces": [_face(face) for face in mark.faces],
        "undecidable": rounded(mark.undecidable, 4),
    }


def sound_mark_as_json(mark: SoundMark) -> Row:
    """The mark in the sound; ``integrity`` has a pair (second, share alive or null) for each second judged."""
    judged = zip(mark.seconds.tolist(), mark.integrity.tolist(), strict=True)
    return {
        "state": mark.state,
        "sentence": text(mark.sentence),
        "payload": _payload(mark.payload),
        "integrity": [[rounded(second, 3), rounded(alive, 3)] for second, alive in judged],
        "altered": [stretch(bounds) for bounds in mark.altered],
    }


def _payload(payload: Payload | None) -> Row | None:
    """Both numbers in hexadecimal, as they are printed everywhere else."""
    if payload is None:
        return None
    return {"institution": f"{payload.institution:08x}", "clip": f"{payload.clip:08x}"}


def _region(region: Region) -> Row:
    return {
        "start": rounded(region.start, 3),
        "end": rounded(region.end, 3),
        "box": [rounded(edge, 1) for edge in region.box],
    }


def _alignment(alignment: Alignment) -> Row:
    return {
        "scale": [rounded(scale, 5) for scale in alignment.scale],
        "offset": [rounded(shift, 2) for shift in alignment.offset],
        "start_seconds": rounded(alignment.start_seconds, 3),
        "gain": rounded(alignment.gain, 4),
    }


def _face(face: FaceMark) -> Row:
    return {
        "id": face.id,
        "state": face.state,
        "alive": rounded(face.alive, 4),
        "error": rounded(face.error, 4),
        "altered": [stretch(bounds) for bounds in face.altered],
    }


def _told(one: Signer | Action) -> Row:
    return {name: optional_text(value) for name, value in asdict(one).items()}
