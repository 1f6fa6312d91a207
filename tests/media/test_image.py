"""Stills: upright, on white, written whole."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from unmask.errors import BrokenMedia, NotMedia, OutputError
from unmask.media.image import encode_jpeg, encode_png, losses, read_image, write_image
from unmask.media.probe import probe
from unmask.settings import Settings
from unmask.types import RgbImage

UPRIGHT_CORNER = {1: (0, 0), 2: (0, -1), 3: (-1, -1), 4: (-1, 0), 5: (0, 0), 6: (0, -1), 7: (-1, -1), 8: (-1, 0)}
"""Where the stored top left corner is shown, by EXIF orientation."""


@pytest.fixture
def picture() -> RgbImage:
    image = np.full((24, 40, 3), (60, 90, 150), np.uint8)
    image[:8, :8] = 250
    return image


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """The JPEG with an EXIF block that holds nothing but an orientation."""
    tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0" + bytes([orientation]) + b"\0\0" + bytes(4)
    exif = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + jpeg[2:]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turns_by_its_exif(tmp_path: Path, settings: Settings, picture: RgbImage, orientation: int) -> None:
    path = tmp_path / "turned.jpg"
    path.write_bytes(with_orientation(encode_jpeg(picture), orientation))
    image = read_image(path, settings)
    assert image.shape == ((40, 24, 3) if orientation >= 5 else (24, 40, 3))
    corners = {(y, x) for y in (0, -1) for x in (0, -1) if image[y, x].min() > 200}
    assert corners == {UPRIGHT_CORNER[orientation]}
    reference = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert reference is not None
    np.testing.assert_allclose(image, reference, atol=16)  # the two differ in how they spread colour over an edge


@pytest.mark.parametrize("ending", [".png", ".bmp", ".tiff", ".webp"])
def test_lossless_stills_come_back(tmp_path: Path, settings: Settings, picture: RgbImage, ending: str) -> None:
    path = tmp_path / f"still{ending}"
    cv2.imwrite(str(path), picture[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, 101] if ending == ".webp" else [])
    assert (read_image(path, settings) == picture).all()


def test_jpeg_has_full_range(tmp_path: Path, settings: Settings) -> None:
    ramp = np.repeat(np.repeat(np.arange(0, 256, 5, dtype=np.uint8), 16)[None, :, None], 16, 0).repeat(3, 2)
    path = tmp_path / "ramp.jpg"
    write_image(path, ramp)
    np.testing.assert_allclose(read_image(path, settings), ramp, atol=3)


def test_see_through_parts_are_white(tmp_path: Path, settings: Settings) -> None:
    image = np.zeros((4, 4, 4), np.uint8)
    image[:2] = (0, 0, 255, 255)
    path = tmp_path / "clear.png"
    cv2.imwrite(str(path), image)
    found = read_image(path, settings)
    assert (found[:2] == (255, 0, 0)).all()
    assert (found[2:] == 255).all()


def test_grey_and_sixteen_bits(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "grey.png"
    cv2.imwrite(str(path), np.full((9, 7), 77, np.uint8))
    assert (read_image(path, settings) == 77).all()
    cv2.imwrite(str(path), np.full((9, 7), 77 * 257, np.uint16))
    np.testing.assert_allclose(read_image(path, settings), 77, atol=1)


def test_a_torn_png(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "torn.png"
    noise = np.random.default_rng(0).integers(0, 255, (60, 60, 3), dtype=np.uint8)
    path.write_bytes(encode_png(noise)[:40])
    with pytest.raises(BrokenMedia, match=r"torn\.png"):
        read_image(path, settings)


def test_a_torn_jpeg_is_read_with_a_warning(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "torn.jpg"
    noise = np.random.default_rng(0).integers(0, 255, (60, 60, 3), dtype=np.uint8)
    content = encode_jpeg(noise)
    path.write_bytes(content)
    assert probe(path, settings).warnings == ()
    path.write_bytes(content[: len(content) // 2])
    assert any("complains of damage" in warning for warning in probe(path, settings).warnings)
    assert read_image(path, settings).shape == (60, 60, 3)


@pytest.fixture
def moving() -> cv2.Animation:
    animation = cv2.Animation()
    animation.frames = [np.full((16, 16, 3), shade, np.uint8) for shade in (10, 200)]
    animation.durations = [100, 100]
    return animation


def test_an_animated_png_says_that_one_picture_is_read(
    tmp_path: Path, settings: Settings, moving: cv2.Animation
) -> None:
    path = tmp_path / "moving.png"
    cv2.imwriteanimation(str(path), moving)
    media = probe(path, settings)
    assert media.kind == "image"
    assert any("only its first picture" in warning for warning in media.warnings)
    assert (read_image(path, settings) == 10).all()


def test_an_animated_webp_is_not_read(tmp_path: Path, settings: Settings, moving: cv2.Animation) -> None:
    path = tmp_path / "moving.webp"
    cv2.imwriteanimation(str(path), moving)
    with pytest.raises(NotMedia, match="is an animated WebP"):
        probe(path, settings)


def test_a_sound_has_no_picture(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "words.png"
    path.write_text("words")
    with pytest.raises(NotMedia):
        read_image(path, settings)


@pytest.mark.parametrize("ending", [".png", ".jpg", ".jpeg", ".PNG", ".webp"])
def test_writes_what_it_reads(tmp_path: Path, settings: Settings, picture: RgbImage, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    write_image(path, picture)
    np.testing.assert_allclose(read_image(path, settings), picture, atol=20)  # colour is coded at half the size
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_will_not_write_other_endings(tmp_path: Path, picture: RgbImage) -> None:
    with pytest.raises(OutputError, match=r"name it \.png, \.jpg or \.webp"):
        write_image(tmp_path / "a.xyz", picture)


def test_a_folder_that_is_not_there(tmp_path: Path, picture: RgbImage) -> None:
    with pytest.raises(OutputError, match=r"'a\.png' cannot be written: No such file or directory"):
        write_image(tmp_path / "gone" / "a.png", picture)


def test_an_empty_picture_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written as png"):
        write_image(tmp_path / "a.png", np.zeros((0, 0, 3), np.uint8))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("channels", "depth", "said"),
    [
        (3, np.uint8, ()),
        (1, np.uint8, ()),
        (3, np.uint16, ("Of 16 bits a channel 8 are kept.",)),
        (4, np.uint8, ("Where it is see-through, it is laid on white.",)),
        (4, np.uint16, ("Of 16 bits a channel 8 are kept.", "Where it is see-through, it is laid on white.")),
    ],
)
def test_what_is_lost_is_said(
    tmp_path: Path, settings: Settings, channels: int, depth: type[np.uint8 | np.uint16], said: tuple[str, ...]
) -> None:
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), np.full((6, 5, channels), 200, depth))
    assert losses(probe(path, settings)) == said


def test_webp_is_fine_enough_for_a_mark(tmp_path: Path, settings: Settings) -> None:
    image = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8), (0, 0), 3)
    path = tmp_path / "a.webp"
    write_image(path, image)
    grey, found = (cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in (image, read_image(path, settings)))
    assert cv2.PSNR(grey, found) > 40


def test_a_jpeg_is_read_as_bright_as_it_is(tmp_path: Path, settings: Settings) -> None:
    image = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8), (0, 0), 4)
    path = tmp_path / "a.jpg"
    write_image(path, image)
    np.testing.assert_allclose((read_image(path, settings) - image.astype(float)).mean(axis=(0, 1)), 0, atol=0.3)
