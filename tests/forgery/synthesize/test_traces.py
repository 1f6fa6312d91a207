from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from tests.forgery.synthesize.toy import faces
from unmask.errors import UsageError
from unmask.forgery.synthesize.faces import FacePictures, as_pictures
from unmask.forgery.synthesize.traces import traces_of, write_plot
from unmask.networks.generator import Generator, Upsampling


def untrained(upsampling: Upsampling) -> FacePictures:
    with torch.random.fork_rng():
        torch.manual_seed(4)
        generator = Generator(8, 4, upsampling)
        with torch.inference_mode():
            return as_pictures(generator(torch.randn(48, 8)))


def test_a_transposed_convolution_leaves_a_checkerboard_and_repeated_pixels_none() -> None:
    transposed, shuffle, nearest = (traces_of(untrained(kind)) for kind in ("transposed", "shuffle", "nearest"))
    assert transposed.peaks[2] > nearest.peaks[2] + 10
    assert shuffle.peaks[2] > nearest.peaks[2] + 10


def with_pattern(period: int, strength: int) -> FacePictures:
    """Drawn faces under waves across and down that repeat after some pixels."""
    wave = 1 + strength * np.cos(2 * np.pi * np.arange(64) / period) / 255
    pictures = faces().pictures * np.outer(wave, wave)[..., None]
    return np.clip(pictures, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("period", [2, 4, 8])
def test_a_pattern_is_a_peak_at_its_period(period: int) -> None:
    plain = traces_of(faces().pictures)
    waved = traces_of(with_pattern(period, 20))
    assert waved.peaks[period] > plain.peaks[period] + 4


def test_a_blurred_face_has_less_at_high_frequencies_and_as_much_at_low_ones() -> None:
    sharp = faces().pictures
    blurred = np.stack([cv2.GaussianBlur(picture, (0, 0), 1.5) for picture in sharp])
    lost = traces_of(sharp).rings - traces_of(blurred).rings
    assert abs(lost[1]) < 1
    assert lost[20:].mean() > 10
    assert traces_of(sharp[:5]).count == 5


def test_grey_pictures_have_the_traces_of_their_luma() -> None:
    grey = traces_of(faces(luma=True).pictures)
    color = traces_of(faces().pictures)
    assert np.abs(grey.rings - color.rings)[:16].max() < 0.5


def test_the_plot_is_a_png_and_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    named = {"filmed faces": traces_of(faces().pictures), "waved": traces_of(with_pattern(2, 12))}
    place = tmp_path / "traces.png"
    write_plot(named, place)
    picture = cv2.imread(str(place))
    assert picture is not None
    assert picture.shape[1] == 1100
    with pytest.raises(UsageError, match="is there already"):
        write_plot(named, place)
    write_plot(named, place, force=True)
    with pytest.raises(UsageError, match="must end with"):
        write_plot(named, tmp_path / "traces.pdf")
