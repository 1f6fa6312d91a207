"""What a training of ``blend`` leaves for ``unmask bench blend``: between the two, neither of which knows the other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unmask.benchmark.blend_run import BlendRun, Int8
    from unmask.benchmark.blend_trials import Tried
    from unmask.cli.train_recipes import Request
    from unmask.training.blend import BlendRecipe, TrainedBlend
    from unmask.training.faces import Faces


def recorded(asked: "Request", recipe: "BlendRecipe", films: "Sequence[Faces]", trained: "TrainedBlend") -> "BlendRun":
    """The record of a training whose network was just written, without the names of those it learned from.

    Args:
        asked: What was asked for.
        recipe: How the network was trained.
        films: All of them; who was left out is drawn again.
        trained: What came of it.
    """
    from unmask.benchmark.blend_run import BlendRun, Rise
    from unmask.benchmark.origin import sha256_of
    from unmask.training.blend import split_people
    from unmask.training.blend_pairs import LEARNED

    seen, unseen = split_people(films, recipe.seed)
    return BlendRun(
        network=sha256_of(asked.out),
        net=recipe.net,
        parameters=sum(weight.numel() for weight in trained.network.parameters()),
        begin=asked.begin,
        seed=recipe.seed,
        iterations=recipe.iterations,
        pairs=recipe.pairs,
        paired=recipe.paired,
        rate=recipe.rate,
        people=len({film.person for film in seen}),
        faces=sum(len(film.images) for film in seen),
        learned=tuple(dict.fromkeys(LEARNED)),
        best=trained.best_iteration,
        rises=tuple(
            Rise(look.iteration, 2 * recipe.pairs * look.iteration, look.loss, look.area, look.overlap)
            for look in trained.looks
        ),
        tried=_tried(trained),
        int8=_int8(asked, recipe.seed, seen, unseen) if asked.int8 else None,
    )


def _tried(trained: "TrainedBlend") -> "tuple[Tried, ...]":
    from unmask.benchmark.blend_run import numbered
    from unmask.benchmark.blend_trials import Tried

    number = numbered([one.person for one in trained.answers])
    pairs = zip(trained.answers, trained.untrained, strict=True)
    return tuple(
        Tried(one.kind, number[one.person], one.fake, one.real, before.fake, before.real, one.overlap, one.pointed)
        for one, before in pairs
    )


def _int8(asked: "Request", seed: int, seen: "Sequence[Faces]", unseen: "Sequence[Faces]") -> "Int8":
    from dataclasses import asdict

    from unmask.benchmark.blend_run import Int8
    from unmask.training.blend_int8 import PAIRS, int8_answers, write_blend_int8
    from unmask.training.blend_looks import trials_of

    place = asked.out.with_name(f"{asked.out.stem}_int8.onnx")
    write_blend_int8(asked.out, seen, seed, place)
    answers = int8_answers(place, asked.out, trials_of(unseen, seed))
    return Int8(
        **asdict(answers),
        size_bytes=place.stat().st_size,
        float_size_bytes=asked.out.stat().st_size,
        calibrated_on=2 * PAIRS,
    )
