"""The similarity of the plane that lays some points onto others."""

import numpy as np
from jaxtyping import Float32, Float64

Points = Float32[np.ndarray, "points 2"]


def similarity_between(source: Points, target: Points) -> Float64[np.ndarray, "2 3"]:
    """Shift, turn and scale, no mirror, with the least squared error.

    Returns:
        Affine matrix; points that all lie in one place are only shifted.

    >>> import numpy as np
    >>> square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    >>> similarity_between(square, 2 * square + 3)[:, 2].tolist()
    [3.0, 3.0]
    """
    first = source.astype(np.float64) @ (1, 1j)
    second = target.astype(np.float64) @ (1, 1j)
    centred = first - first.mean()
    spread = np.square(np.abs(centred)).sum()
    turn = np.vdot(centred, second) / spread if spread > 0 else 1.0 + 0.0j
    shift = second.mean() - turn * first.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
