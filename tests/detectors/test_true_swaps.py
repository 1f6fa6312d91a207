"""True swaps of pairs that the detectors were trained on: whoever breaks a measurement breaks this."""

from pathlib import Path

import pytest

from unmask.examine import check

PAIRS = {
    "flicker": ("Rob_Doe_0", "Nicola_Badge_0", "Silwan_Stillwone_1"),
    "seam": ("Rob_Doe_0", "Nicola_Badge_0"),
    "consistency": ("Rob_Doe_0", "Nicola_Badge_0"),
}
"""Detector by detector, since each film is followed once for all of them."""

Fakes = dict[tuple[str, str], float | None]
"""Probability of forgery by film and detector."""


@pytest.fixture(scope="module")
def fakes(shared: Path) -> Fakes:
    """What each detector says of each film."""
    found: Fakes = {}
    for film in sorted({f"{pair}_{side}" for pairs in PAIRS.values() for pair in pairs for side in ("fake", "real")}):
        report = check(shared / "videos" / "swap-pairs-train" / f"{film}.mp4", only=list(PAIRS))
        found |= {(film, one.detector): one.fake for one in report.people[0].evidence}
    return found


@pytest.mark.parametrize("detector", PAIRS)
def test_swaps_rank_above_their_own_originals(detector: str, fakes: Fakes) -> None:
    for pair in PAIRS[detector]:
        fake, real = (fakes[f"{pair}_{side}", detector] for side in ("fake", "real"))
        assert fake is not None
        assert real is not None
        assert fake > real
