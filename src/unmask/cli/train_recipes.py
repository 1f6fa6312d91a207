"""How each detector that learns is trained, and what its training has to say of itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from unmask.benchmark.left_out import LeftOut
    from unmask.datasets import Clip
    from unmask.training.films import Variant
    from unmask.training.linear import LeftOutFilm

LEFT_OUT_NOTE = "each person's answers are those of a model fitted without them."


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for.

    Attributes:
        recipe: Name of the detector.
        clips: Films of real and forged faces.
        out: Where the model goes.
        work: Keeps what was measured and learned.
        quick: Whether each film is taken as it is only, or a network is trained for a few minutes.
        quiet: Whether no progress is shown.
        seed: Of what is drawn by chance.
        begin: What a network knows when it begins.
        sources: The folder that each clip is from, in the order of the clips.
        net: What of a network reads the pictures.
        iterations: Of a network, at most; as its recipe says when None.
        paired: Whether a network sees forgeries beside their own originals.
        device: What a network is trained on.
        int8: Whether a network is also written and measured in numbers of 8 bits.
    """

    recipe: str
    clips: "tuple[Clip, ...]"
    out: Path
    work: Path
    quick: bool
    quiet: bool
    seed: int = 1
    begin: Literal["imagenet", "chance"] = "imagenet"
    sources: tuple[str, ...] = ()
    net: Literal["mobilenet16", "mobilenet32", "residual16"] = "mobilenet16"
    iterations: int | None = None
    paired: bool = True
    device: Literal["cpu", "cuda"] = "cpu"
    int8: bool = False

    @property
    def variants(self) -> "Sequence[Variant]":
        """What each film goes through before it is measured."""
        from unmask.training.films import VARIANTS

        return VARIANTS[:1] if self.quick else VARIANTS


@dataclass(frozen=True, slots=True)
class Told:
    """What a training has to say of itself.

    Attributes:
        row: For ``--json``.
        lines: For a person.
        remarks: On films that could not be used, a sentence each.
        note: What the figures are, after the place of the file.
    """

    row: dict[str, Any]
    lines: list[str]
    remarks: tuple[str, ...]
    note: str = LEFT_OUT_NOTE


def _linear(asked: Request) -> Told:
    """A weighted sum of contrasts between a face and its surround."""
    from unmask.cli.progress import watching
    from unmask.settings import settings
    from unmask.training.linear import RECIPES as LINEAR
    from unmask.training.linear import train_linear

    with watching(len(asked.clips), quiet=asked.quiet) as watch:
        trained = train_linear(
            LINEAR[asked.recipe],
            asked.clips,
            asked.work,
            settings(),
            variants=asked.variants,
            on_begin=watch.begin,
            on_end=watch.end,
        )
    _write(asked.out, trained.fitted.model.as_json())
    films = trained.left_out()
    rows, lines = _left_out(films)
    return Told({"left_out": rows, "films": [asdict(one) for one in films]}, lines, trained.remarks)


def _together(asked: Request) -> Told:
    """The sum of what the linear detectors say, calibrated."""
    from unmask.cli.progress import watching
    from unmask.settings import settings
    from unmask.training.together import train_together

    with watching(len(asked.clips), quiet=asked.quiet) as watch:
        trained = train_together(
            asked.clips,
            asked.work,
            settings(),
            variants=asked.variants,
            on_begin=watch.begin,
            on_end=watch.end,
        )
    _write(asked.out, trained.joined.as_json())
    rows, lines = _left_out(trained.films)
    calibration, more = _believed(trained.films)
    said = [{name: chances[number] for name, chances in trained.said.items()} for number in range(len(trained.films))]
    films = [asdict(film) | {"members": members} for film, members in zip(trained.films, said, strict=True)]
    row = {"left_out": rows, "calibration": calibration, "films": films}
    return Told(row, [*lines, "", *more], trained.remarks)


def _coding(asked: Request) -> Told:
    """A scale of how strongly a film was coded."""
    from unmask.benchmark.sections import table
    from unmask.cli.progress import watching
    from unmask.settings import settings
    from unmask.training.coding import CODINGS, coding_rows, train_coding

    codings = CODINGS[:: len(CODINGS) - 1] if asked.quick else CODINGS
    with watching(len(asked.clips), quiet=asked.quiet) as watch:
        trained = train_coding(
            asked.clips, asked.work, settings(), codings=codings, on_begin=watch.begin, on_end=watch.end
        )
    _write(asked.out, trained.scale.as_json())
    rows = coding_rows(trained.films)
    told = [
        (f"CRF {row.crf}", str(row.films), f"{row.read:.1f}", f"{row.error:.1f}", f"{row.refused:.2f}", str(row.falls))
        for row in rows
    ]
    lines = table(("coded at", "films", "read on average", "error", "refused", "read as no stronger than finer"), told)
    row = {"left_out": [asdict(one) for one in rows], "films": [asdict(one) for one in trained.films]}
    return Told(row, lines, trained.remarks)


def _blend(asked: Request) -> Told:
    """A network that says where a face was laid over another."""
    from dataclasses import replace

    from unmask.benchmark.blend_run import ENDING
    from unmask.benchmark.blend_trials import kind_rows, kind_table
    from unmask.cli.blend_record import recorded
    from unmask.cli.progress import watching
    from unmask.cli.training_watch import stepping
    from unmask.settings import settings
    from unmask.training.blend import FULL, QUICK, train_blend
    from unmask.training.blend_export import calibrated, write_blend
    from unmask.training.blend_pairs import LEARNED
    from unmask.training.faces import gather
    from unmask.training.imagenet import imagenet_weights
    from unmask.training.linear import people_of

    whole = QUICK if asked.quick else FULL
    recipe = replace(
        whole,
        seed=asked.seed,
        net=asked.net,
        iterations=asked.iterations or whole.iterations,
        paired=asked.paired,
        device=asked.device,
    )
    weights = imagenet_weights() if asked.begin == "imagenet" else None
    people, real = people_of(asked.clips), [clip for clip in asked.clips if clip.label == "real"]
    with watching(len(real), quiet=asked.quiet) as watch:
        films, remarks = gather(
            real, [people[clip] for clip in real], asked.work, settings(), on_begin=watch.begin, on_end=watch.end
        )
    with stepping(recipe.iterations, quiet=asked.quiet) as watched:
        trained = train_blend(
            films,
            asked.work,
            recipe,
            begin_from=weights,
            on_look=lambda look: watched.say(look.sentence(recipe.iterations)),
            on_step=watched.step,
        )
    apart = write_blend(trained.network, asked.out)
    answers = asked.out.with_name(f"{asked.out.stem}_answers.json")
    _write(answers, calibrated(trained.answers).model.as_json())
    run = recorded(asked, recipe, films, trained)
    record = asked.out.with_name(f"{asked.out.stem}{ENDING}")
    _write(record, run.as_json())
    rows = kind_rows(run.tried, LEARNED)
    row = {"kinds": [asdict(one) for one in rows], "looks": [asdict(one) for one in trained.looks], "apart": apart}
    note = f"its calibration to '{answers.name}', its record to '{record.name}'. The figures are those of people, and of kinds where it says no, that it was not trained on."
    return Told(row, kind_table(rows), remarks, note)


def _texture(asked: Request) -> Told:
    """A weighted sum of traces that networks leave when they make a picture larger."""
    from dataclasses import replace

    from unmask.benchmark.texture_trials import Ranked, ranked_rows, ranked_table
    from unmask.cli.progress import watching
    from unmask.settings import settings
    from unmask.training.texture import FULL, QUICK, train_texture

    recipe = replace(QUICK if asked.quick else FULL, seed=asked.seed)
    with watching(len(asked.clips), quiet=asked.quiet) as watch:
        trained = train_texture(
            asked.clips,
            asked.sources,
            asked.work,
            settings(),
            recipe,
            on_begin=watch.begin,
            on_end=watch.end,
        )
    _write(asked.out, trained.fitted.model.as_json())
    rows = ranked_rows(
        [
            Ranked(met.question, met.name, met.way, met.one, met.other, met.one_people, met.other_people)
            for met in trained.contests
        ]
    )
    row = {"pairs": trained.pairs, "people": trained.people, "ranked": [asdict(one) for one in rows]}
    note = f"it learned from {trained.pairs} pairs of {trained.people} people. No model was asked about people that it had learned from."
    return Told(row, ranked_table(rows), trained.remarks, note)


def _left_out(films: "Sequence[LeftOutFilm]") -> tuple[list[dict[str, Any]], list[str]]:
    """Figures of people left out, as rows and as lines of a table."""
    from unmask.benchmark.left_out import left_out_rows, left_out_table

    rows = left_out_rows(_answers(films))
    return [asdict(one) for one in rows], left_out_table(rows)


def _believed(films: "Sequence[LeftOutFilm]") -> tuple[list[dict[str, Any]], list[str]]:
    """Whether what is said of people left out may be believed: as it is said, and as the verdict takes it."""
    from unmask.benchmark.left_out_calibration import calibration_rows, calibration_table
    from unmask.detectors import together
    from unmask.signals.likelihood import probability
    from unmask.types import Evidence
    from unmask.verdict.fuse import add_up

    card = together.CARD

    def heard(fake: float) -> float:
        return probability(add_up((Evidence(card.name, fake, ("Left out.",)),), {card.name: card}).middle)

    answers = _answers(films)
    rows = (*calibration_rows(answers, card.name), *calibration_rows(answers, "verdict", heard))
    return [asdict(one) for one in rows], calibration_table(rows)


def _answers(films: "Sequence[LeftOutFilm]") -> "list[LeftOut]":
    from unmask.benchmark.left_out import LeftOut

    return [LeftOut(one.person, one.pair, one.label == "fake", one.variant, one.fake) for one in films]


def _write(place: Path, content: str) -> None:
    from unmask.media.writing import written_aside

    with written_aside(place) as aside:
        aside.write_text(content, encoding="utf-8")


RECIPES: Mapping[str, Callable[[Request], Told]] = {
    "blend": _blend,
    "coding": _coding,
    "consistency": _linear,
    "flicker": _linear,
    "seam": _linear,
    "texture": _texture,
    "together": _together,
}
"""By name."""
