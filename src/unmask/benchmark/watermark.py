"""The suite ``watermark``: what our mark costs, survives and tells, side by side with dwtDctSvd in the same run."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from unmask.benchmark.origin import Origin, origin_of
from unmask.benchmark.sections import Section
from unmask.benchmark.suite import SuiteResult
from unmask.benchmark.watermark_beside import PEER, PEER_FRAMES, READ_FRAMES, PeerRow
from unmask.benchmark.watermark_cost import CostRow
from unmask.benchmark.watermark_faces import KINDS
from unmask.benchmark.watermark_figures import findings, hearings, honesty, looks, share_bound, survivals
from unmask.benchmark.watermark_films import ATTACKED_FRAMES
from unmask.benchmark.watermark_jobs import Job, Part, Plan
from unmask.benchmark.watermark_judge import LEAST_FILMS, Judgement, judgement, leave_one_out
from unmask.benchmark.watermark_kept import Version, kept_row, kept_version
from unmask.benchmark.watermark_measure import ALTERED_CRFS, HONEST, HONEST_CRFS, FilmRow
from unmask.benchmark.watermark_section import (
    cost_lines,
    figure_lines,
    found_lines,
    heard_lines,
    honest_lines,
    missed_lines,
    peer_name,
    refused_line,
)
from unmask.benchmark.watermark_sound import ALTERED_FROM, ALTERED_TO, SoundRow
from unmask.benchmark.watermark_stills import PeerStillRow, StillRow
from unmask.errors import UnmaskError
from unmask.provenance.code import FALSE_READ_RATE

VERSIONS = (
    *((HONEST, crf) for crf in HONEST_CRFS),
    *((kind, crf) for kind in KINDS for crf in ALTERED_CRFS),
)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """All that was measured.

    Attributes:
        films: Quality, bits and payload of each film.
        peers: The same of the peer.
        stills: The same of stills.
        peer_stills: The same of the peer.
        judgements: What is said of each version of each film.
        sounds: What was measured of each utterance.
        costs: Processor time.
        refused: Why files could not be measured.
    """

    films: tuple[FilmRow, ...] = ()
    peers: tuple[PeerRow, ...] = ()
    stills: tuple[StillRow, ...] = ()
    peer_stills: tuple[PeerStillRow, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    sounds: tuple[SoundRow, ...] = ()
    costs: tuple[CostRow, ...] = ()
    refused: tuple[str, ...] = ()


def watermark_origin(plan: Plan, name: str, seed: int = 0) -> Origin:
    """The origin of the figures, to be taken before they are measured.

    Args:
        plan: What is to be measured.
        name: The folder of films as it is shown.
        seed: Seed of the bootstrap.
    """
    return origin_of(f"unmask bench watermark {name}", (*plan.films, *plan.stills, *plan.sounds), seed)


def outcomes_of(jobs: Sequence[Job]) -> Outcomes:
    """What was measured, from where it was kept, and what the mark tells of alteration.

    Raises:
        UnmaskError: A job was not done.
    """
    rows: dict[Part, list[dict[str, Any]]] = {}
    refused = []
    for job in jobs:
        row = kept_row(job.plan.work, job.name)
        if row is None:
            raise UnmaskError(f"Nothing is kept of '{job.file.name}' in '{job.plan.work}'; run the suite again.")
        if "refused" in row:
            refused.append(str(row["refused"]))
        else:
            rows.setdefault(job.part, []).append(row)
    return Outcomes(
        tuple(FilmRow(**row) for row in rows.get("payload", [])),
        tuple(PeerRow(**row) for row in rows.get("peer", [])),
        tuple(StillRow(**row) for row in rows.get("still", [])),
        tuple(PeerStillRow(**row) for row in rows.get("peer-still", [])),
        judgements([job for job in jobs if job.part == "versions"]),
        tuple(SoundRow(**row) for row in rows.get("sound", [])),
        tuple(CostRow(**one) for row in rows.get("cost", []) for one in row["rows"]),
        tuple(dict.fromkeys(refused)),
    )


def judgements(jobs: Sequence[Job]) -> tuple[Judgement, ...]:
    """Each version of each film, judged by what was learnt from the other films."""
    plain = {
        job.file.name: [one.plain for crf in HONEST_CRFS if (one := _kept(job, HONEST, crf)) and one.plain is not None]
        for job in jobs
    }
    learnt = leave_one_out({film: records for film, records in plain.items() if records})
    return tuple(
        judgement(job.file.name, version, learnt[job.file.name])
        for job in jobs
        if job.file.name in learnt
        for kind, crf in VERSIONS
        if (version := _kept(job, kind, crf)) is not None
    )


def _kept(job: Job, kind: str, crf: int) -> Version | None:
    return kept_version(job.plan.work, job.name, kind, crf)


def watermark_suite(plan: Plan, measured: Outcomes, origin: Origin, note: str | None = None) -> SuiteResult:
    """All figures as one result.

    Args:
        plan: What was measured.
        measured: From ``outcomes_of``.
        origin: From ``watermark_origin``; its seed is that of the bootstrap.
        note: A sentence for the section.
    """
    seed = origin.seed or 0
    peer = peer_name(measured.peers[0].version if measured.peers else None)
    seen = looks(measured.films, measured.peers, measured.stills, measured.peer_stills)
    read = survivals(measured.films, measured.peers, measured.stills, measured.peer_stills)
    found = findings(measured.judgements, measured.peers, seed)
    honest = honesty(measured.judgements, measured.stills)
    heard = hearings(measured.sounds, seed)
    lines = [
        *refused_line(measured.refused),
        _intro(plan, measured),
        "",
        *figure_lines([*seen, *read], peer),
        "",
        _false_line(measured),
        "",
        _alteration_line(plan),
        "",
        *found_lines(found, peer),
        "",
        *honest_lines(honest),
        "",
        *cost_lines(measured.costs, peer, measured=bool(measured.peers)),
        "",
        *_sound_lines(measured, heard_lines(heard)),
        *missed_lines([*seen, *read], found, honest, measured.costs, measured.judgements),
    ]
    rows = [
        *_rows("film", measured.films),
        *_rows("film-peer", measured.peers),
        *_rows("still", measured.stills),
        *_rows("still-peer", measured.peer_stills),
        *_rows("judgement", measured.judgements),
        *_rows("sound", measured.sounds),
        *({"kind": "figure", **asdict(one), "met": one.met} for one in (*seen, *read)),
        *({"kind": "found", "alteration": one.kind, **_but(asdict(one), "kind")} for one in found),
        *_rows("honest", honest),
        *_rows("heard", heard),
        *_rows("cost", measured.costs),
        *({"kind": "refused", "why": one} for one in measured.refused),
        {"kind": "origin", **asdict(origin)},
    ]
    return SuiteResult(tuple(rows), Section("watermark", tuple(lines), origin, note))


def _rows(kind: str, rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {"kind": kind, **({"alteration": row.kind} if isinstance(row, Judgement) else {}), **_but(asdict(row), "kind")}
        for row in rows
    ]


def _but(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


def _intro(plan: Plan, measured: Outcomes) -> str:
    halved = sum(row.halved for row in measured.films)
    peer = (
        f"The peer marks the first {PEER_FRAMES} frames of each with the same 64 bits and reads {READ_FRAMES} of them, "
        "whose bits are put to the vote; it counts as read when all 64 are right, and has no check of its own. Its mark is "
        "in chroma, so luma does not show it; a still of fewer than 256 × 256 pixels its own front door would refuse."
        if measured.peers
        else f"The peer was not measured; name a Python that has invisible-watermark in {PEER}."
    )
    return (
        f"{len(measured.films)} films, the first {plan.frames} frames of each ({halved} larger than 1400 pixels, halved), and "
        f"{len(measured.stills)} stills of faces. PSNR and SSIM before coding; bits against the same film coded anew without "
        f"the mark, x264 medium; elsewhere x264 fast; payloads read in {ATTACKED_FRAMES} frames after each attack, by one who has the institution's keys and "
        f"knows nothing of the attack. Intervals draw whole films anew, those of shares are exact. {peer}"
    )


def _false_line(measured: Outcomes) -> str:
    rows: tuple[FilmRow | StillRow, ...] = (*measured.films, *measured.stills)
    marks = [row.unmarked for row in rows] + [row.unmarked for row in measured.sounds]
    read = sum(word in ("read", "wrong") for word in marks)
    some = sum(word == "unreadable" for word in marks)
    foreign, tries = sum(row.foreign_reads for row in rows), sum(row.foreign_tries for row in rows)
    return (
        f"False reads: of unmarked films, stills and utterances, a payload is read in {share_bound(read, len(marks))}, a mark "
        f"without payload is seen in {some}. With keys of other institutions, where a mark would lie, in "
        f"{share_bound(foreign, tries)} readings. One reading of noise passes the check with a chance of at most "
        f"{FALSE_READ_RATE:.1g} (target ≤ 1e-06)."
    )


def _alteration_line(plan: Plan) -> str:
    fitted = (
        "each film judged by a polynomial fitted to the others"
        if len(plan.films) >= LEAST_FILMS
        else "all judged by the package's own polynomial, the films being too few to leave one out"
    )
    return (
        "Altered: the main face of the marked film, then coded anew; *called altered* is the reader's word on the film, "
        f"{fitted}. *Region IoU*: blocks and stretches of time called altered against those that were, a film of which "
        "nothing can be said counting 0. *AUC*: what is left of the mark in the face (the mouth where only that was altered), "
        "altered against honest of the same films. The altered part is drawn from the same landmark model by which the "
        "reader follows faces, so its outline is kinder to the reader than a stranger's. That the peer still reads says "
        "nothing of the face: it proves the file's origin only."
    )


def _sound_lines(measured: Outcomes, lines: list[str]) -> list[str]:
    if not measured.sounds:
        return ["The mark in the sound was not measured; name a folder of utterances with --speech.", ""]
    levels, masks = [row.snr_db for row in measured.sounds], [row.mask_db for row in measured.sounds]
    told = (
        f"The mark in the sound, in {len(measured.sounds)} utterances of {min(row.seconds for row in measured.sounds):.0f}–"
        f"{max(row.seconds for row in measured.sounds):.0f} s: {sum(levels) / len(levels):.1f} dB below the sound on average "
        f"(least {min(levels):.1f}), {-sum(masks) / len(masks):.1f} dB below what the sound masks (least {-max(masks):.1f}; from 10 on "
        f"it is hardly ever heard). Altered: from {100 * ALTERED_FROM:.0f} to {100 * ALTERED_TO:.0f} % of it spoken by another, "
        "as loud. *AUC*: integrity of a second, altered against the same second left alone. The peer has no sound."
    )
    return [told, "", *lines, ""]
