import pytest

from unmask.errors import UsageError
from unmask.forgery.swap.presets import DEFAULT_PRESET, PRESETS, preset_named
from unmask.networks.cost import parameter_count, train_gflop

MILLIONS = {"micro64": 0.48, "tiny64": 5.9, "tiny96": 3.4, "mid96": 12.7, "quick96": 38.0, "saehd128": 54.0}
GFLOP = {"micro64": 3.2, "tiny96": 8.5}


@pytest.mark.parametrize(("name", "millions"), MILLIONS.items())
def test_each_preset_has_about_as_many_weights_as_it_should(name: str, millions: float) -> None:
    assert parameter_count(preset_named(name).shape) / 1e6 == pytest.approx(millions, rel=0.15)


@pytest.mark.parametrize(("name", "gflop"), GFLOP.items())
def test_the_smallest_cost_little(name: str, gflop: float) -> None:
    assert train_gflop(preset_named(name).shape, batch=4) == pytest.approx(gflop, rel=0.15)


def test_a_name_ends_in_the_side_of_its_faces() -> None:
    assert all(preset.name.endswith(str(preset.shape.resolution)) for preset in PRESETS)
    assert DEFAULT_PRESET.name == "tiny96"


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean 'tiny64'"):
        preset_named("tini64")
    with pytest.raises(UsageError, match="micro64, tiny64"):
        preset_named("?")
