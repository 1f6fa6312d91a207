"""Whether this machine can train at all; asked before any module is imported that needs torch."""

from importlib.util import find_spec

from unmask.errors import MissingComponent

NEEDED = ("torch", "safetensors")


def require_torch() -> None:
    """Go on only where torch is installed; it is not imported by asking.

    Raises:
        MissingComponent: It is not.
    """
    if any(find_spec(name) is None for name in NEEDED):
        raise MissingComponent("Training networks needs torch; install it with: pip install 'unmask[lab]'.")
