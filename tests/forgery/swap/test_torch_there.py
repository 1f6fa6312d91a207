import subprocess
import sys
from importlib.machinery import ModuleSpec

import pytest

from unmask.errors import MissingComponent
from unmask.forgery.swap import torch_there


def test_it_asks_without_importing_torch() -> None:
    code = (
        "import sys; from unmask.forgery.swap.torch_there import require_torch; import unmask.forgery.swap.presets; "
        "require_torch(); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_torch_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> ModuleSpec | None:  # noqa: ARG001 # stands for find_spec
        return None

    monkeypatch.setattr(torch_there, "find_spec", nothing)
    with pytest.raises(MissingComponent, match=r"pip install 'unmask\[lab\]'"):
        torch_there.require_torch()
