from dataclasses import dataclass
from pathlib import Path

import pytest

from unmask.forgery.drawing import PuppetOrder, draw_puppet
from unmask.forgery.lab import Lab, Sealer, open_lab, open_sealer
from unmask.forgery.swap.choosing import Choice
from unmask.forgery.swap.gathering import Taking
from unmask.forgery.swap.plan import TrainingPlan
from unmask.forgery.swap.prepare import Prepared, Preparing, prepare
from unmask.forgery.swap.presets import preset_named
from unmask.forgery.swap.swapping import train_swap
from unmask.forgery.swap.training import Trained
from unmask.forgery.writing import Coding, write_sealed
from unmask.settings import settings

PLAN = TrainingPlan(preset=preset_named("micro64"), until_iterations=3, preview_every=2, threads=1)


@dataclass(frozen=True)
class Stage:
    """A lab with the films of two puppets, their faces, and a model that has hardly begun to learn."""

    sealer: Sealer
    films: dict[str, Path]
    prepared: dict[str, Prepared]
    trained: Trained

    @property
    def lab(self) -> Lab:
        return self.sealer.lab


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    sealer = open_sealer(open_lab(tmp_path_factory.mktemp("swap") / "lab"))
    films, prepared = {}, {}
    for name, order in {
        "one": PuppetOrder(person=3, motion=1, seconds=1.6, width=256, height=256, yaw_degrees=25.0),
        "other": PuppetOrder(person=8, motion=2, seconds=1.6, width=256, height=256, yaw_degrees=8.0),
    }.items():
        films[name] = sealer.lab.outputs / f"{name}.mp4"
        write_sealed(draw_puppet(order, sealer), films[name], settings(), Coding(preset="veryfast"))
        wanted = Preparing(
            (films[name],),
            sealer.lab.faces / name,
            name,
            taking=Taking(side=96, rate_hz=0.0),
            choice=Choice(least_change=0.3),
        )
        prepared[name] = prepare(sealer.lab, wanted, settings())
    trained = train_swap(sealer, ("one", "other"), "model", PLAN, settings())
    return Stage(sealer, films, prepared, trained)
