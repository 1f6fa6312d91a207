import numpy as np

from unmask.training.blend_sheet import HEAD, LINE, MARGIN, SHOWN, sheet
from unmask.types import Track

STEP = 224 + 2 * MARGIN


def test_each_row_shows_a_face_forged_masked_and_seen(whole_pulse: Track) -> None:
    drawn = sheet(whole_pulse.crops)
    assert drawn.shape == (LINE + len(SHOWN) * STEP, len(HEAD) * STEP, 3)
    for row in range(len(SHOWN)):
        lines = drawn[LINE + row * STEP : LINE + (row + 1) * STEP].astype(int)
        plain, forged, mask, seen = (lines[:, column * STEP : (column + 1) * STEP] for column in range(len(HEAD)))
        assert np.abs(plain - forged).max() > 20
        assert (mask.std(axis=2) == 0)[MARGIN:-MARGIN, MARGIN:-MARGIN].all()
        assert np.abs(seen - forged).max() > 20
