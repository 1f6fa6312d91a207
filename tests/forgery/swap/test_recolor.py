import torch

from unmask.forgery.swap.recolor import recolored


def test_faces_take_on_the_colours_of_others_and_keep_what_is_drawn_in_them() -> None:
    chance = torch.Generator().manual_seed(1)
    mask = torch.zeros(2, 1, 16, 16)
    mask[:, :, 4:12, 4:12] = 1
    light = 0.8 + 0.05 * torch.randn(2, 3, 16, 16, generator=chance)
    dark = 0.3 + 0.08 * torch.randn(2, 3, 16, 16, generator=chance)
    dark[:, 0] += 0.1
    dark[:, :, :4] = 1  # what lies outside of a face does not count
    changed = recolored(light, mask, dark, mask)
    inside = mask.expand(-1, 3, -1, -1) > 0
    for one in range(2):
        for color in range(3):
            where = inside[one, color]
            got, wanted, before = (picture[one, color][where] for picture in (changed, dark, light))
            assert torch.allclose(got.mean(), wanted.mean(), atol=0.01)
            assert torch.allclose(got.std(), wanted.std(), atol=0.01)
            assert float(torch.corrcoef(torch.stack([got, before]))[0, 1]) > 0.99
    assert 0 <= float(changed.min()) <= float(changed.max()) <= 1


def test_a_picture_without_a_face_is_no_error() -> None:
    picture = torch.full((1, 3, 8, 8), 0.5)
    assert torch.isfinite(recolored(picture, torch.zeros(1, 1, 8, 8), picture, torch.zeros(1, 1, 8, 8))).all()
