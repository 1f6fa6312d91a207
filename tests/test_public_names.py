import subprocess
import sys

import pytest

import unmask

HEAVY = {"httpx", "numpy", "scipy", "cv2", "av", "ai_edge_litert", "pydantic", "jaxtyping", "torch", "typer"}


def test_the_public_names_are_these_in_order() -> None:
    assert unmask.__all__ == sorted(unmask.__all__)
    assert {"check", "read_vitals", "Report", "Verdict", "Evidence", "Settings", "UnmaskError"} <= set(unmask.__all__)


@pytest.mark.parametrize("name", unmask.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    found = getattr(unmask, name)
    assert isinstance(found, str) or found.__doc__


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'unmask' has no attribute 'unmask_all'"):
        _ = unmask.unmask_all


def test_importing_unmask_imports_nothing_heavy() -> None:
    code = "import sys, unmask; unmask.UnmaskError; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert not HEAVY & set(done.stdout.split())
