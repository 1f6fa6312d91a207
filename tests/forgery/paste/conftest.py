import pytest

from tests.forgery.paste.sitter import Sitter, sit
from tests.puppet import Puppet


@pytest.fixture(scope="session")
def sitter() -> Sitter:
    """The face that receives: pale, upright, in the middle of 240 × 240 pixels."""
    return sit(Puppet(face_width=110.0, tone=1), width=240, height=240)


@pytest.fixture(scope="session")
def other() -> Sitter:
    """The face that is pasted: darker, larger, leaning, in a picture of another size."""
    return sit(Puppet(face_width=140.0, tone=2, roll_degrees=12.0), width=280, height=300)
