from math import nan
from pathlib import Path

import cv2
import numpy as np
import pytest

from unmask.errors import OutputError, Unreadable, UsageError
from unmask.forgery.swap.curve import LOSS_FILE, LossLine, loss_curve, open_book, read_losses, smoothed

LINES = tuple(LossLine(k, 1 / 3 + k, 2 / 3 + k) for k in range(1, 9))


def written(folder: Path, *lines: LossLine) -> Path:
    with open_book(folder) as book:
        book.cut_after(0)
        for line in lines:
            book.add(line)
        book.sync()
    return folder / LOSS_FILE


def test_lines_come_back_with_the_digits_of_32_bits(tmp_path: Path) -> None:
    losses = read_losses(written(tmp_path, *LINES))
    assert [line.iteration for line in losses] == list(range(1, 9))
    assert all(np.float32(ours.src) == np.float32(line.src) for ours, line in zip(losses, LINES, strict=True))


def test_going_back_drops_the_lines_after(tmp_path: Path) -> None:
    path = written(tmp_path, *LINES)
    with open_book(tmp_path) as book:
        book.cut_after(5)
        book.add(LossLine(6, 0.5, nan))
    assert [line.iteration for line in read_losses(path)] == [1, 2, 3, 4, 5, 6]
    assert path.read_text().startswith("iteration,src,dst\n1,")


@pytest.mark.parametrize("torn", ["9,0.3", "9,0.3,0.4", "9,x,0.4\n", "\0\0\0"])
def test_a_torn_line_is_dropped(tmp_path: Path, torn: str) -> None:
    path = written(tmp_path, *LINES)
    whole = path.read_text()
    path.write_text(whole + torn)
    assert len(read_losses(path)) == 8
    with open_book(tmp_path) as book:
        book.cut_after(100)
    assert path.read_text() == whole


def test_two_trainings_do_not_write_to_one_folder(tmp_path: Path) -> None:
    with open_book(tmp_path), pytest.raises(UsageError, match="Another training"), open_book(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError), open_book(tmp_path / "file"):
        pass


def test_the_picture_shows_both_people(tmp_path: Path) -> None:
    lines = [LossLine(k, 3 * 0.99**k + 0.1, 0.3 * 0.99**k + 0.01) for k in range(1, 300)]
    picture = cv2.imdecode(np.frombuffer(loss_curve(lines), np.uint8), cv2.IMREAD_COLOR_RGB)
    assert picture is not None
    columns = {name: (np.abs(picture.astype(int) - color).sum(2) < 60) for name, color in COLORS.items()}
    heights = {name: np.nonzero(found)[0].mean() for name, found in columns.items()}
    assert heights["src"] < heights["dst"]
    one = loss_curve([LossLine(k, 1.0, nan) for k in range(1, 9)])
    assert one.startswith(b"\x89PNG")
    with pytest.raises(UsageError, match="no loss"):
        loss_curve(read_losses(written(tmp_path)))


COLORS = {"src": (31, 111, 139), "dst": (200, 85, 61)}


def test_smoothing_keeps_a_level_and_forgets_after_its_window() -> None:
    steps = np.concatenate([np.ones(100), np.zeros(100)])
    smooth = smoothed(steps)
    assert np.allclose(smooth[:100], 1)
    assert smooth[124] == pytest.approx(0.5)
    assert np.allclose(smooth[149:], 0)


def test_no_file_is_said() -> None:
    with pytest.raises(Unreadable):
        read_losses(Path("/nowhere/loss.csv"))
