"""How far an untouched block should agree with the mark, after the coding that the film went through.

Busy and moving blocks lose more of the mark, dark ones too, and all the more the harder the film was coded. A
polynomial in these tells what to expect; it was fitted to marked films that were coded anew and not altered
(``python -m unmask.training.watermark_expectation``).
"""

from functools import cache

import numpy as np
from jaxtyping import Float32, Float64

from unmask.provenance.watermark.record import Cells, Record
from unmask.weights import weight_path

WEIGHT = "watermark_expectation"
LEAST_EXPECTED, MOST_EXPECTED = 0.02, 1.0
LEAST_SCALE, MOST_SCALE = 0.5, 1.3
DARK, FLAT = 64.0, 0.12
LEAST_ROOM = 8.0
"""Blocks whose colour is nearer to an end of the range could not be marked, and are not judged."""

Terms = Float32[np.ndarray, "stretches rows columns terms"]


def expected_agreement(record: Record) -> Cells:
    """What each block and stretch should show if it was not touched, 0 to 1."""
    return expected_agreement_by(record, fitted())


def expected_agreement_by(record: Record, coefficients: Float64[np.ndarray, " terms"]) -> Cells:
    """The same by another polynomial than the one that comes with the package."""
    whole = polynomial(record, coefficients)
    writable = record.room >= LEAST_ROOM
    return (np.clip(whole * _scale(record, whole), 0.0, 1.0) * writable).astype(np.float32)


def polynomial(record: Record, coefficients: Float64[np.ndarray, " terms"]) -> Cells:
    """The value of the polynomial, one stretch at a time to spare memory."""
    quality = record.quality
    values = [terms(record, quality, index) @ coefficients for index in range(len(record.start))]
    return np.clip(np.stack(values), LEAST_EXPECTED, MOST_EXPECTED).astype(np.float32)


def terms(record: Record, quality: float, index: int) -> Float64[np.ndarray, "rows columns terms"]:
    """The polynomial's terms for the blocks of one stretch."""
    texture = np.log(record.texture[index].astype(np.float64) + 0.05)
    motion = np.log(record.motion[index].astype(np.float64) + 0.02)
    dark = np.minimum(record.light[index].astype(np.float64) / DARK, 1.0)
    flat = np.exp(-record.texture[index].astype(np.float64) / FLAT)
    q, still, one = quality, record.stillness, np.ones_like(texture)
    of_blocks = (one, texture, motion, dark, flat, texture**2, motion**2, texture * motion)
    of_the_coding = (q * texture, q * motion, q * one, q * q * one, q * dark, q * q * motion, q * q * texture)
    of_both = (q * motion**2, q * texture * motion, q * texture**2, q * flat, q * q * flat)
    of_the_rest = (still * one, still * motion, still * q * one, still * q * motion)
    return np.stack((*of_blocks, *of_the_coding, *of_both, *of_the_rest), -1)


def fit(records: list[Record]) -> Float64[np.ndarray, " terms"]:
    """The polynomial that fits films that were not altered best, by least squares.

    Args:
        records: One of each film and coding; all count the same, however long they are.
    """
    moments: list[Float64[np.ndarray, "terms terms"]] = []
    products: list[Float64[np.ndarray, " terms"]] = []
    for record in records:
        parts = [terms(record, record.quality, index) for index in range(len(record.start))]
        writable = (record.room >= LEAST_ROOM).reshape(-1)
        rows = np.stack(parts).reshape(-1, parts[0].shape[-1])[writable]
        if not len(rows):
            continue
        moments.append(rows.T @ rows / len(rows))
        products.append(rows.T @ record.agreement.reshape(-1)[writable].astype(np.float64) / len(rows))
    moment = np.mean(moments, axis=0)
    return np.linalg.solve(moment + RIDGE * np.eye(len(moment)), np.mean(products, axis=0))


RIDGE = 1e-4


@cache
def fitted() -> Float64[np.ndarray, " terms"]:
    """The polynomial that comes with the package."""
    return np.load(weight_path(WEIGHT), allow_pickle=False)


def _scale(record: Record, whole: Cells) -> float:
    """How much better or worse than expected the mark survived in most blocks of this film."""
    strength = (whole * whole).sum(axis=0)
    share = (record.agreement * whole).sum(axis=0) / np.maximum(strength, 1e-6)
    telling = share[strength > np.median(strength) / 2]
    return float(np.clip(np.median(telling if len(telling) else share), LEAST_SCALE, MOST_SCALE))
