"""Sizes of face swaps by name, from one that a small machine trains in minutes to those of DeepFaceLab."""

from dataclasses import dataclass
from difflib import get_close_matches

from unmask.errors import UsageError
from unmask.networks.shape import SwapShape


@dataclass(frozen=True, slots=True)
class Preset:
    """A size with a name.

    Attributes:
        name: What it is called in a plan and in a checkpoint.
        shape: Its networks; the architecture is the plan's to choose.
        advice: What it is good for, one sentence.
        learning_rate: Of Adam, where the plan names none.
    """

    name: str
    shape: SwapShape
    advice: str
    learning_rate: float = 5e-4


PRESETS = (
    Preset(
        "micro64",
        SwapShape("df", 64, 32, 32, 128, 8, 4, separable=True),
        "For lessons and tests: a blurry likeness within minutes on two cores.",
    ),
    Preset(
        "tiny64",
        SwapShape("df", 64, 48, 512, 192, 24, 8, separable=True),
        "A small face with more detail, in an hour on two cores.",
    ),
    Preset(
        "tiny96",
        SwapShape("df", 96, 24, 256, 128, 10, 4, separable=True),
        "The usual choice on a machine without a graphics card.",
    ),
    Preset("mid96", SwapShape("df", 96, 40, 128, 96, 32, 16), "A night on many cores.", 2e-4),
    Preset("quick96", SwapShape("df", 96, 64, 128, 128, 64, 16), "DeepFaceLab's Quick96, for a graphics card.", 1e-4),
    Preset(
        "saehd128", SwapShape("df", 128, 64, 256, 256, 64, 22), "DeepFaceLab's SAEHD at 128, for a graphics card.", 1e-4
    ),
)
DEFAULT_PRESET = PRESETS[2]


def preset_named(name: str) -> Preset:
    """The preset of this name.

    Raises:
        UsageError: There is none.

    >>> preset_named("tiny96").shape.resolution
    96
    """
    for preset in PRESETS:
        if preset.name == name:
            return preset
    near = get_close_matches(name, [preset.name for preset in PRESETS], n=1)
    hint = f"Did you mean '{near[0]}'?" if near else f"Choose one of {', '.join(p.name for p in PRESETS)}."
    raise UsageError(f"No preset is called '{name}'. {hint}")
