import json
from pathlib import Path

import numpy as np
import pytest

from unmask.cli import forge_swap_faces
from unmask.errors import UsageError
from unmask.faces.pose import mean_face
from unmask.forgery.consent import rests_on
from unmask.forgery.lab import open_lab
from unmask.forgery.swap.store import FaceSource, FaceStore, StoredFace, open_store, write_store
from unmask.media.probe import probe
from unmask.provenance.credentials import read_credentials
from unmask.provenance.ledger import read_ledger
from unmask.settings import settings


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab with thirty faces that turn from left to right, clearer and clearer."""
    lab = open_lab(tmp_path_factory.mktemp("faces") / "lab")
    points = (mean_face() * np.float32(0.2) + np.float32(32)).astype(np.float32)
    faces = tuple(
        StoredFace("", 0, k / 10, points, (float(k - 15), 0.5, 0.0), 50.0 + k, 90.0, (120.0, 0.1), 0.02)
        for k in range(30)
    )
    store = FaceStore(lab.faces / "jo", "jo", "full", 64, (FaceSource("jo.mp4", "0" * 64),), faces)
    write_store(store, [np.full((64, 64, 3), 90, np.uint8)] * len(faces))
    return lab.folder


def test_faces_are_told_as_a_table(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert forge_swap_faces.faces("jo", sort="blur", most=2, lab=home) == 0
    first, heads, *lines = capsys.readouterr().out.splitlines()
    assert first == "jo: 2 of 30 faces"
    assert heads.split() == ["number", "picture", "seconds", "yaw", "pitch", "sharpness", "width"]
    assert lines[0].split() == ["30", "000030.jpg", "2.90", "+14.0", "+0.5", "79.0", "90"]
    assert len(lines) == 2
    assert len({len(line) for line in (heads, *lines)}) == 1


def test_faces_as_json(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert forge_swap_faces.faces("jo", most_yaw=3.0, reverse=True, lab=home, json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["number"] for one in told["listed"]] == [19, 18, 17, 16, 15, 14, 13]
    assert (told["faces"], told["sheet"], told["kept"]) == (30, None, None)
    assert (told["listed"][0]["distance"], told["listed"][0]["yaw"]) == (None, 3.0)


def test_some_are_kept_and_shown(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "sheet.png"
    assert forge_swap_faces.faces("jo", sort="yaw", most=4, keep="left", sheet=sheet, lab=home) == 0
    told = capsys.readouterr().out
    assert f"Kept: {home / 'faces' / 'left'}, 4 of 30 faces" in told
    assert "Forged: " in told
    assert "number" not in told
    assert [face.pose[0] for face in open_store(home / "faces" / "left").faces] == [-15, -14, -13, -12]
    assert rests_on(home / "faces" / "left") == ()
    found = read_credentials(sheet, probe(sheet, settings()), settings(), home / "keys" / "anchors.pem")
    assert found.state == "trusted"
    assert read_ledger(open_lab(home).ledger).entries[-1].kind == "sheet"
    with pytest.raises(UsageError, match="there already"):
        forge_swap_faces.faces("jo", keep="left", lab=home)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"store": "nobody"}, "holds no faces"),
        ({"store": "../jo"}, "is no name"),
        ({"keep": "a/b"}, "is no name"),
        ({"least_width": 900.0}, "is left"),
        ({"sheet": Path("a.mp4")}, "must end with"),
    ],
)
def test_what_cannot_be_done_is_a_usage_error(home: Path, asked: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        forge_swap_faces.faces(**({"store": "jo", "lab": home} | asked))  # type: ignore[arg-type] # of any option
