import torch

from unmask.forgery.swap.mask_examples import covered, lit
from unmask.networks.segmenter import SIDE


def seeded(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_light_changes_and_stays_a_picture() -> None:
    pictures = torch.rand(6, 3, SIDE, SIDE, generator=seeded())
    changed = lit(pictures, seeded())
    assert 0 <= changed.min() < changed.max() <= 1
    means = (changed - pictures).mean((2, 3))
    assert means.abs().max() > 0.03
    assert means.std(0).min() > 0.01  # each picture by its own chance
    assert torch.equal(changed, lit(pictures, seeded()))


def test_a_piece_of_another_face_is_no_face() -> None:
    levels = torch.linspace(0.1, 0.9, 8)
    pictures = levels[:, None, None, None].expand(8, 3, SIDE, SIDE)
    masks = torch.ones(8, 1, SIDE, SIDE)
    shown, left = covered(pictures, masks, 1.0, seeded())
    for number in range(8):
        hidden = left[number, 0] == 0
        assert 0.005 < hidden.float().mean() < 0.2
        assert torch.equal(shown[number, 0] != levels[number], hidden)
        assert torch.allclose(shown[number, :, hidden], levels[number - 1])


def test_a_share_of_the_faces_is_covered() -> None:
    ones = torch.ones(200, 1, SIDE, SIDE)
    _, left = covered(torch.rand(200, 3, SIDE, SIDE, generator=seeded()), ones, 0.3, seeded())
    assert 0.2 < (left.amin((1, 2, 3)) == 0).float().mean() < 0.4
