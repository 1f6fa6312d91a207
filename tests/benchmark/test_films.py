from pathlib import Path

import numpy as np

from unmask.benchmark.films import fitted, source_frames, to_and_fro, write_film, write_pictures
from unmask.media.probe import probe
from unmask.settings import Settings


def gradient(width: int, height: int) -> np.ndarray:
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 0] = np.linspace(0, 255, width).astype(np.uint8)
    image[..., 1] = np.linspace(0, 255, height).astype(np.uint8)[:, None]
    return image


def test_the_middle_is_kept_when_the_shape_differs() -> None:
    wide, tall = fitted(gradient(320, 90), (160, 90)), fitted(gradient(160, 360), (160, 90))
    assert wide.shape == tall.shape == (90, 160, 3)
    assert 50 < wide[45, 0, 0] < 80
    assert 80 < tall[0, 80, 1] < 110


def test_an_equal_size_is_left_alone() -> None:
    image = gradient(64, 48)
    assert (fitted(image, (64, 48)) == image).all()


def test_to_and_fro_never_jumps() -> None:
    pictures = [np.full((2, 2, 3), k, np.uint8) for k in range(5)]
    shown = [int(picture[0, 0, 0]) for picture in to_and_fro(pictures, 40)]
    assert len(shown) == 40
    assert set(np.abs(np.diff(shown))) == {1}
    assert [int(picture[0, 0, 0]) for picture in to_and_fro(pictures[:1], 3)] == [0, 0, 0]


def test_a_film_of_the_wanted_length_and_size_is_written(tmp_path: Path) -> None:
    film, settings = tmp_path / "film.mp4", Settings()
    write_film([gradient(160, 90), gradient(160, 90)[::-1].copy()], film, 1)
    video = probe(film, settings).video
    assert video is not None
    assert (video.width, video.height, video.frames) == (1280, 720, 30)
    assert video.frame_rate == 30.0
    assert len(source_frames(film, settings)) == 30


def test_pictures_are_written_as_one_array(tmp_path: Path) -> None:
    file = tmp_path / "pictures.npy"
    write_pictures([gradient(160, 90)], file, 4)
    assert np.load(file, allow_pickle=False).shape == (4, 480, 640, 3)
