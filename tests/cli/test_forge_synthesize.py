import importlib.util
import json
from pathlib import Path

import pytest
import typer

from tests.cli.program import python
from tests.forgery.swap.toy import BLUE
from tests.forgery.synthesize.toy import store
from unmask.cli import app, forge_synthesize
from unmask.errors import MissingComponent, UsageError
from unmask.forgery.lab import Lab, open_lab

SMALL = ("--latent", "8", "--width", "2", "--batch", "4", "-q")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A lab with a trained model; tests only add to it."""
    home = open_lab(tmp_path_factory.mktemp("synthesis") / "lab")
    store(home, "ann")
    store(home, "bob", BLUE)
    for upsampling in ("shuffle", "nearest"):
        run("train", "ann", "bob", "--name", upsampling, "--upsampling", upsampling, "--until", "3it", *SMALL, lab=home)
    return home


def run(*arguments: str | Path, lab: Lab) -> int:
    """One of the group's commands, in this process."""
    group = typer.Typer(rich_markup_mode=None)
    app._add(group, forge_synthesize.COMMANDS, {})
    done = group([*map(str, arguments), "--lab", str(lab.folder)], standalone_mode=False)
    assert isinstance(done, int)
    return done


def test_training_goes_on_and_tells(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = ("train", "ann", "bob", "--name", "more", *SMALL)
    assert run(*wanted, "--until", "2it", lab=lab) == 0
    assert "2 iterations" in capsys.readouterr().out
    assert run(*wanted, "--until", "4it", "--json", lab=lab) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["iteration"] == 4
    assert set(told["losses"]) == {"picture", "divergence"}


def test_a_sheet(lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "sheet.png"
    assert run("sample", "shuffle", "-o", sheet, "--count", "4", "-q", lab=lab) == 0
    said = capsys.readouterr().out
    assert "Distance from the nearest training face" in said
    assert "two people lie" in said
    assert sheet.stat().st_size > 1000
    assert run("sample", "shuffle", "-o", sheet, "--count", "4", "--json", "--force", "-q", lab=lab) == 0
    assert json.loads(capsys.readouterr().out)["ledger"]["kind"] == "synthesis"


def test_single_faces(lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sample", "shuffle", "--single", tmp_path, "--count", "2", "-q", lab=lab) == 0
    assert len(list(tmp_path.glob("*.png"))) == 2
    assert "2 faces of nobody" in capsys.readouterr().out


def test_traces_of_models_beside_filmed_faces(lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plot = tmp_path / "traces.png"
    assert run("traces", "shuffle", "nearest", "--count", "8", "--json", "-o", plot, lab=lab) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["filmed faces", "shuffle", "nearest"]
    assert set(told["shuffle"]["peaks_db"]) == {"2", "4", "8"}
    assert len(told["nearest"]["rings_db"]) == 33
    assert plot.is_file()
    assert run("traces", "shuffle", "--count", "8", lab=lab) == 0
    assert "filmed faces" in capsys.readouterr().out


@pytest.mark.parametrize("places", [(), ("-o", "sheet.png", "--single", "folder")])
def test_one_place_is_named(places: tuple[str, ...], lab: Lab) -> None:
    with pytest.raises(UsageError, match="Name a sheet to write with -o FILE, or a folder"):
        run("sample", "shuffle", *places, lab=lab)


def test_an_unknown_model(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no model 'nobody' that draws faces; it holds .*nearest"):
        run("sample", "nobody", "-o", tmp_path / "sheet.png", lab=lab)


def test_without_torch_it_says_what_is_missing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unmask.forgery.swap.torch_there.find_spec", lambda _: None)
    assert importlib.util.find_spec("torch") is not None
    for wanted in (("train", "ann", "--name", "x"), ("sample", "shuffle", "-o", "x.png"), ("traces", "shuffle")):
        with pytest.raises(MissingComponent, match="needs torch"):
            run(*wanted, lab=lab)


def test_the_module_is_imported_without_torch() -> None:
    done = python("import sys, unmask.cli.forge_synthesize; sys.exit('torch' in sys.modules or 'cv2' in sys.modules)")
    assert done.returncode == 0, done.stderr
