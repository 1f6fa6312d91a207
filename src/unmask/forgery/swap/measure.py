"""How good a swap is, as numbers: pure functions on pictures, points and turns, no files.

All of them compare two things of one size: what was drawn with what should have been, or a swapped film with the film
before it. Identity is measured by ``unmask.faces.identity``.
"""

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8

from unmask.faces.pose import pose_of
from unmask.forgery.paste.masks import grown
from unmask.forgery.paste.window import face_width
from unmask.types import Landmarks, Mask, PerFrame, PoseTrack, RgbImage

Points = Float32[np.ndarray, "frames 468 3"]
"""A face through time, in pixels."""
Openings = Float64[np.ndarray, "frames 3"]
"""Left eye, right eye (lid distance ÷ eye width) and mouth (inner-lip distance ÷ mouth width)."""

PEAK = 255.0
WINDOW_SIDE, WINDOW_SIGMA = 11, 1.5
LUMINANCE_FLOOR, CONTRAST_FLOOR = (0.01 * PEAK) ** 2, (0.03 * PEAK) ** 2
"""C1 and C2 of SSIM."""
LIDS = ((159, 145, 33, 133), (386, 374, 362, 263), (13, 14, 61, 291))
"""Upper and lower point, and the corners, of both eyes and of the mouth."""
RIM_SHARE = 0.04
"""Half the width of the band around a mask's rim, as a share of the face's width."""
LEAST_RUN = 3
STILL_PIXELS = 1e-6


def psnr_db(one: RgbImage, other: RgbImage, mask: Mask) -> float:
    """Peak signal-to-noise ratio of two pictures inside a mask, in dB; endless when they are equal there.

    Ten times the logarithm of 255² ÷ the mean squared difference of red, green and blue, each pixel weighted by the
    mask.

    Args:
        one: A picture.
        other: One of the same size.
        mask: Which pixels count how much, 0–1.
    """
    squares = np.square(one.astype(np.float64) - other).mean(axis=2)
    error = _mean_inside(squares, mask)
    return float(10 * np.log10(PEAK**2 / error)) if error > 0 else float("inf")


def ssim(one: RgbImage, other: RgbImage, mask: Mask) -> float:
    """Structural similarity of two pictures inside a mask, −1 to 1; 1 when they are equal.

    The mean over pixels, each weighted by the mask, and over red, green and blue, of the index with a Gaussian window of
    11 pixels and a deviation of 1.5.

    Args:
        one: A picture.
        other: One of the same size.
        mask: Which pixels count how much, 0–1.

    Reference:
        Wang et al., IEEE Transactions on Image Processing 13(4), 2004.
    """
    first, second = one.astype(np.float64), other.astype(np.float64)
    mean_first, mean_second = _windowed(first), _windowed(second)
    varied = _windowed(first**2) - mean_first**2 + _windowed(second**2) - mean_second**2
    together = _windowed(first * second) - mean_first * mean_second
    light = (2 * mean_first * mean_second + LUMINANCE_FLOOR) / (mean_first**2 + mean_second**2 + LUMINANCE_FLOOR)
    structure = (2 * together + CONTRAST_FLOOR) / (varied + CONTRAST_FLOOR)
    return _mean_inside((light * structure).mean(axis=2), mask)


def poses_of(points: Points) -> PoseTrack:
    """Yaw, pitch and roll of each frame's face in degrees."""
    return np.stack([pose_of(face) for face in points])


def pose_error(one: PoseTrack, other: PoseTrack) -> PerFrame:
    """How far two heads are turned apart in each frame: length of the difference of yaw, pitch and roll, degrees.

    >>> pose_error(np.float32([[3, 0, 0]]), np.float32([[0, 4, 0]])).tolist()
    [5.0]
    """
    return np.linalg.norm(one - other, axis=1).astype(np.float32)


def landmark_error(one: Points, other: Points) -> PerFrame:
    """Mean distance of the 468 points in the picture's plane, in percent of the other face's size, for each frame.

    The size is the root of the area of the box around the points, which a turned head keeps better than the distance of
    its eyes. Two people's faces differ in shape: a perfect swap does not reach 0.
    """
    apart = np.linalg.norm(one[..., :2] - other[..., :2], axis=2).mean(axis=1)
    return (100 * apart / _sizes(other)).astype(np.float32)


def openings(points: Points) -> Openings:
    """How far eyes and mouth are open in each frame."""
    parts = []
    for upper, lower, first, last in LIDS:
        open_by = np.linalg.norm(points[:, upper, :2] - points[:, lower, :2], axis=1)
        parts.append(open_by / np.maximum(np.linalg.norm(points[:, first, :2] - points[:, last, :2], axis=1), 1e-6))
    return np.stack(parts, axis=1).astype(np.float64)


def expression_error(one: Points, other: Points) -> Float64[np.ndarray, "frames 2"]:
    """Absolute difference of the openings in each frame: of the eyes (mean of both) and of the mouth, no unit."""
    apart = np.abs(openings(one) - openings(other))
    return np.stack([apart[:, :2].mean(axis=1), apart[:, 2]], axis=1)


def trembling(points: Points) -> Float64[np.ndarray, " between"]:
    """High-frequency motion of a face for each frame but the first and the last, in percent of its size.

    Mean over the points of the length of their second difference over three frames, in the picture's plane: even motion
    has none, a point that jumps to and fro by one pixel has four.

    Args:
        points: Frames at an even rate without a gap.
    """
    flat = points[..., :2].astype(np.float64)
    bends = flat[:-2] - 2 * flat[1:-1] + flat[2:]
    return 100 * np.linalg.norm(bends, axis=2).mean(axis=1) / _sizes(points)[1:-1]


def jitter_ratio(swapped: Points, original: Points, runs: list[slice]) -> float:
    """Mean trembling of the swapped face ÷ that of the original; 1 when it trembles as much.

    Args:
        swapped: The swapped film's face.
        original: The film's own face in the same frames.
        runs: Stretches of frames without a gap.

    Returns:
        The ratio; not a number when no run has three frames, endless when only the original keeps still.
    """
    long = [run for run in runs if len(original[run]) >= LEAST_RUN]
    if not long:
        return float("nan")
    ours, theirs = (
        float(np.concatenate([trembling(face[run]) for run in long]).mean()) for face in (swapped, original)
    )
    if theirs > STILL_PIXELS:
        return ours / theirs
    return 1.0 if ours <= STILL_PIXELS else float("inf")


def seam_ratio(swapped: RgbImage, original: RgbImage, mask: Mask, landmarks: Landmarks) -> float:
    """Strength of edges along the rim of the mask in the swapped picture ÷ in the original; 1 when no seam is seen.

    Strength is the mean length of luma's gradient (Scharr) in a band of ``RIM_SHARE`` of the face's width to both sides
    of where the mask is 0.5.

    Returns:
        The ratio; not a number when the mask has no rim in the picture.
    """
    reach = max(1.0, RIM_SHARE * face_width(landmarks))
    band = (grown(mask, reach) - grown(mask, -reach)) > 0
    if not band.any():
        return float("nan")
    ours, theirs = (float(_edges(image)[band].mean()) for image in (swapped, original))
    return ours / theirs if theirs > 0 else float("nan")


def rank_of(distances: Float64[np.ndarray, " people"], person: int) -> int:
    """At which place a person stands when all are ordered by distance, from 1; ties go against them.

    >>> rank_of(np.array([0.5, 0.3, 0.9]), 0)
    2
    """
    return int((np.delete(distances, person) <= distances[person]).sum()) + 1


def _mean_inside(values: Float64[np.ndarray, "height width"], mask: Mask) -> float:
    """Mean weighted by a mask; not a number where it is empty."""
    weight = float(mask.sum(dtype=np.float64))
    return float((values * mask).sum() / weight) if weight > 0 else float("nan")


def _windowed(picture: Float64[np.ndarray, "height width 3"]) -> Float64[np.ndarray, "height width 3"]:
    return np.asarray(cv2.GaussianBlur(picture, (WINDOW_SIDE, WINDOW_SIDE), WINDOW_SIGMA), np.float64)


def _sizes(points: Points) -> PerFrame:
    """Root of the area of the box around each frame's points, pixels."""
    across = points[..., :2].max(axis=1) - points[..., :2].min(axis=1)
    return np.maximum(np.sqrt(across.prod(axis=1)), 1e-6).astype(np.float32)


def _edges(image: UInt8[np.ndarray, "height width 3"]) -> Float32[np.ndarray, "height width"]:
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.hypot(cv2.Scharr(luma, cv2.CV_32F, 1, 0), cv2.Scharr(luma, cv2.CV_32F, 0, 1))
