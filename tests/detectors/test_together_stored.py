"""The fusion on what its members say of people they were trained without: twelve true swaps, as `unmask train together --json` told it."""

import csv
from pathlib import Path

import numpy as np
import pytest

from unmask.benchmark.statistics import paired_share, ranking
from unmask.detectors import together
from unmask.types import Evidence

MEMBERS = ("consistency", "flicker", "seam")
STORED = Path(__file__).with_name("together_left_out.csv")
CODINGS = ("as it is", "crf 28", "crf 36", "0.7 × crf 24")
SLACK = 0.05
"""An area over twelve pairs is this coarse: one pair that changes places with another moves it by as much."""


def films(coding: str, label: str) -> dict[str, dict[str, float]]:
    """What each member and all together say of the paired films of one coding, by their pair."""
    with STORED.open(encoding="utf-8") as file:
        rows = [
            row for row in csv.DictReader(file) if (row["variant"], row["label"]) == (coding, label) and row["pair"]
        ]
    said = {row["pair"]: {name: float(row[name]) for name in MEMBERS} for row in rows}
    return {pair: one | {"together": joint(one)} for pair, one in said.items()}


def joint(said: dict[str, float]) -> float:
    evidence = (Evidence(name, fake, ("Something.",), interval=(fake, fake)) for name, fake in said.items())
    return together.examine(tuple(evidence)).fake or 0.0


@pytest.mark.parametrize("coding", CODINGS)
def test_together_ranks_no_fewer_fakes_above_their_originals_than_its_best_member(coding: str) -> None:
    fakes, originals = films(coding, "fake"), films(coding, "real")
    pairs = sorted(fakes)
    assert len(pairs) == 12
    sides = {
        name: [np.array([side[pair][name] for pair in pairs]) for side in (fakes, originals)]
        for name in (*MEMBERS, "together")
    }
    paired = {name: paired_share(*side) for name, side in sides.items()}
    areas = {name: ranking(*side) for name, side in sides.items()}
    assert paired["together"] >= max(paired[name] for name in MEMBERS)
    assert areas["together"] >= max(areas[name] for name in MEMBERS) - SLACK
