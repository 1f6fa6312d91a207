"""Shape checks for every test, and where the development clips lie."""

import os
from pathlib import Path

import pytest
from jaxtyping import install_import_hook

install_import_hook("unmask", "beartype.beartype")

SHARED = Path(os.environ.get("UNMASK_SHARED", Path(__file__).parents[2] / "shared" / "data"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the development clips; skips the test where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"the development clips are not at {SHARED}; UNMASK_SHARED names their folder")
    return SHARED
