import cv2
import numpy as np
import pytest
import torch

from unmask.forgery.swap.losses import LossWeights, dssim, face_loss


def noise(seed: int, count: int = 2, side: int = 40, layers: int = 3) -> torch.Tensor:
    return torch.rand(count, layers, side, side, generator=torch.Generator().manual_seed(seed))


def reference(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(1 − SSIM) / 2 as Wang et al. write it, by OpenCV's own filter and in 64-bit numbers."""

    def smooth(picture: np.ndarray) -> np.ndarray:
        return np.asarray(cv2.GaussianBlur(picture, (7, 7), 1.5, borderType=cv2.BORDER_REFLECT))

    first, second = first.astype(np.float64), second.astype(np.float64)
    x, y = smooth(first), smooth(second)
    variance_x, variance_y = smooth(first**2) - x**2, smooth(second**2) - y**2
    covariance = smooth(first * second) - x * y
    ssim = (2 * x * y + 1e-4) * (2 * covariance + 9e-4) / ((x**2 + y**2 + 1e-4) * (variance_x + variance_y + 9e-4))
    return np.asarray((1 - ssim) / 2)


def test_dssim_is_that_of_the_paper() -> None:
    first = noise(1)
    second = (first * 0.8 + noise(2) * 0.3).clamp(0, 1)
    ours = dssim(first, second).numpy()
    for picture in range(2):
        for channel in range(3):
            theirs = reference(first[picture, channel].numpy(), second[picture, channel].numpy())
            assert np.allclose(ours[picture, channel], theirs, atol=1e-4)


def test_dssim_of_equal_pictures_is_nothing_and_grows_with_noise() -> None:
    picture = noise(1)
    little, much = (dssim(picture, picture + share * noise(2)).mean() for share in (0.1, 0.5))
    assert dssim(picture, picture).abs().max() < 1e-5
    assert 0.001 < little < much < 1


def loss_of(change: torch.Tensor, mask: torch.Tensor, features: torch.Tensor | None = None) -> float:
    goal = noise(1, count=1) * 0.5
    weightless = torch.zeros_like(mask) if features is None else features
    return float(face_loss((goal + change, mask), goal, mask, weightless, LossWeights())[0])


def half(side: int = 40) -> torch.Tensor:
    mask = torch.zeros(1, 1, side, side)
    mask[..., : side // 2] = 1
    return mask


def test_the_right_face_costs_nothing() -> None:
    assert loss_of(torch.zeros(1, 3, 40, 40), half()) == pytest.approx(0, abs=1e-4)


def test_a_difference_in_the_face_costs_more_than_one_beside_it() -> None:
    change = 0.3 * noise(5, count=1)
    inside, outside = loss_of(change * half(), half()), loss_of(change * (1 - half()), half())
    assert inside > 5 * outside > 0


def test_eyes_and_mouth_cost_extra() -> None:
    eyes = torch.zeros(1, 1, 40, 40)
    eyes[..., 10:16, 5:12] = 1
    change = 0.3 * noise(5, count=1) * eyes
    assert loss_of(change, half(), eyes) > 1.2 * loss_of(change, half())


def test_a_wrong_mask_costs() -> None:
    goal, mask = noise(1, count=1), half()
    drawn = (goal, 1 - mask)
    assert float(face_loss(drawn, goal, mask, torch.zeros_like(mask), LossWeights())[0]) == pytest.approx(
        10.0, rel=0.01
    )
