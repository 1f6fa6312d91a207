"""``unmask forge`` as a user meets it, from a drawn person to a swapped face, all on puppets but for one consent."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import Row, python, rows, unmask
from unmask.cli.app import GROUPS
from unmask.cli.group import Group
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import settings

EXAMPLE = Path(__file__).parents[2] / "examples" / "real.mp4"
SMALL = ("--size", "256x256", "--seconds", "1.2", "--preset", "ultrafast", "--quiet")


def commands(group: Group, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name in group.commands:
        yield (*words, name)
    for name, below in group.groups.items():
        yield from commands(below, (*words, name))


FORGE = sorted(commands(GROUPS["forge"], ("forge",)))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("forge") / "lab"


@pytest.fixture(scope="module")
def puppets(lab: Path) -> dict[str, Row]:
    """What drawing two puppets prints."""
    told = {}
    for name, person in (("one", "3"), ("other", "11")):
        path = lab.parent / f"{name}.mp4"
        done = unmask("forge", "puppet", "-o", path, "--person", person, "--masks", "--json", "--lab", lab, *SMALL)
        assert (done.returncode, done.stderr) == (0, "")
        (told[name],) = rows(done)
    return told


@pytest.fixture(scope="module")
def speaker(lab: Path) -> Path:
    """Two seconds of the example."""
    with open_frames(EXAMPLE, probe(EXAMPLE, settings()), settings()) as film:
        frames = [frame.image for _, frame in zip(range(48), film, strict=False)]
    path = lab.parent / "speaker.mp4"
    write_video(path, frames, 25.0, crf=14, preset="veryfast")
    return path


@pytest.mark.parametrize("words", FORGE, ids=" ".join)
def test_every_help_has_examples_that_start_with_its_name(words: tuple[str, ...]) -> None:
    done = unmask(*words, "--help")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[lines.index("  Examples:") + 1].startswith(f"    unmask {' '.join(words)}")


@pytest.mark.parametrize("words", [("forge",), ("forge", "swap"), ("forge", "consent")], ids=" ".join)
def test_a_group_alone_shows_its_help(words: tuple[str, ...]) -> None:
    done = unmask(*words)
    assert done.returncode == 0
    assert "Commands:" in done.stdout


def test_help_and_puppets_import_no_torch(tmp_path: Path) -> None:
    code = "import sys; from unmask.cli import run; run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    assert not {"torch", "numpy", "cv2"} & set(python(code, "forge", "swap", "train", "--help").stderr.split())
    drawn = python(code, *("forge", "puppet", "-o", str(tmp_path / "p.png"), "--lab", str(tmp_path / "lab"), "--quiet"))
    assert "numpy" in drawn.stderr.split()
    assert not {"torch", "dlib"} & set(drawn.stderr.split())
    assert (tmp_path / "p.png").exists()


def test_a_puppet_is_sealed_and_noted(puppets: dict[str, Row], lab: Path) -> None:
    row = puppets["one"]
    assert (row["frames"], row["ledger"]["kind"]) == (30, "puppet")
    assert row["ledger"]["extra"]["truth"]["parameters"]["person"] == 3
    assert Path(row["mask"]).exists()
    verified = unmask("verify", row["output"], "--trust", lab / "keys" / "anchors.pem", "--json", "--quiet")
    assert rows(verified)[0]["state"] == "trusted"


def test_check_finds_the_seal_at_once(puppets: dict[str, Row], lab: Path) -> None:
    keys = lab / "keys"
    done = unmask(
        "check", puppets["one"]["output"], "--keys", keys, "--trust", keys / "anchors.pem", "--json", "--quiet"
    )
    (row,) = rows(done)
    assert row["verdict"] == "manipulated"
    assert row["provenance"]["picture_mark"]["payload"] is not None
    assert "algorithmicMedia" in json.dumps(row["provenance"]["credentials"])


def test_paste_and_blend(puppets: dict[str, Row], speaker: Path, lab: Path) -> None:
    one, other = (puppets[name]["output"] for name in ("one", "other"))
    out = lab.parent / "pasted.mp4"
    done = unmask("forge", "paste", one, other, "-o", out, "--lab", lab, "--preset", "ultrafast", "--quiet")
    assert done.returncode == 0, done.stderr
    assert "Forged: " in done.stdout
    assert "paste, face-hull+mesh+rct+feather, 30 pictures" in done.stdout
    again = unmask("forge", "paste", one, other, "-o", out, "--lab", lab, "--quiet")
    assert (again.returncode, "there already" in again.stderr) == (2, True)
    blended = unmask("forge", "blend", speaker, "-o", lab.parent / "b.mp4", "--lab", lab, "--json", "--quiet")
    assert rows(blended)[0]["ledger"]["kind"] == "self-blend"


def test_a_real_face_is_not_pasted_unasked(puppets: dict[str, Row], speaker: Path, lab: Path) -> None:
    out = lab.parent / "stolen.mp4"
    done = unmask("forge", "paste", speaker, puppets["one"]["output"], "-o", out, "--lab", lab, "--quiet")
    assert done.returncode == 2
    assert "has not agreed" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not out.exists()


def test_a_consent_is_given_listed_used_and_taken_back(
    puppets: dict[str, Row], speaker: Path, lab: Path, tmp_path: Path
) -> None:
    own = Path(shutil.copytree(lab, tmp_path / "lab"))
    (tmp_path / "form.txt").write_text("I agree.", encoding="utf-8")
    given = ("--subject", "Jo [b]Doe", "--basis", "own-face", "--evidence", tmp_path / "form.txt")
    done = unmask("forge", "consent", "new", speaker, *given, "--lab", own, "--json", "--quiet")
    (record,) = rows(done)
    assert (record["subject"], record["enrolled"], record["scope"]) == ("Jo [b]Doe", 1, ["train", "swap"])
    assert "faces" not in record
    listed = unmask("forge", "consent", "list", "--lab", own)
    assert record["id"] in listed.stdout
    assert "Jo [b]Doe" in listed.stdout
    used = ("--consent", record["id"], "--lab", own, "--quiet", "--preset", "ultrafast")
    assert unmask("forge", "paste", speaker, puppets["one"]["output"], "-o", tmp_path / "a.mp4", *used).returncode == 0
    back = unmask("forge", "consent", "revoke", record["id"], "--lab", own)
    assert f"The consent {record['id']} is revoked." in back.stdout
    refused = unmask("forge", "paste", speaker, puppets["one"]["output"], "-o", tmp_path / "b.mp4", *used)
    assert (refused.returncode, "was revoked" in refused.stderr) == (2, True)


def test_a_swap_from_faces_to_film(puppets: dict[str, Row], lab: Path) -> None:
    for name in ("one", "other"):
        done = unmask(
            *("forge", "swap", "prepare", puppets[name]["output"], "--name", name, "--side", "96", "--rate", "0"),
            *("--lab", lab, "--json", "--quiet"),
        )
        (row,) = rows(done)
        assert row["faces"] >= 10
        assert len(row["consents"]) == 1
    plan = ("--preset", "micro64", "--until", "3it", "--threads", "1", "--lab", lab, "--json", "--quiet")
    (row,) = rows(unmask("forge", "swap", "pretrain", "one", "other", "--name", "common", *plan))
    assert (row["iteration"], row["dst_held_out"]) == (3, None)
    begun = ("--name", "m", "--pretrained", "common")
    done = unmask("forge", "swap", "train", "one", "other", *begun, *plan)
    (row,) = rows(done)
    assert (row["iteration"], row["interrupted"]) == (3, False)
    out = lab.parent / "swapped.mp4"
    done = unmask(
        *("forge", "swap", "merge", "m", puppets["other"]["output"], "-o", out, "--mask", "hull", "--lab", lab),
        *("--preset", "ultrafast", "--json", "--quiet"),
    )
    (row,) = rows(done)
    assert (row["ledger"]["kind"], row["frames"]) == ("swap", 30)
    out = lab.parent / "live.mp4"
    done = unmask(
        *("forge", "swap", "live", "m", puppets["other"]["output"], "-o", out, "--no-preview", "--lab", lab),
        *("--preset", "ultrafast", "--json", "--quiet"),
    )
    (row,) = rows(done)
    assert (done.returncode, done.stderr) == (0, "")
    assert 5 < row["frames"]["labelled"] == row["written"]["frames"] <= 30
    assert row["written"]["ledger"]["extra"]["truth"]["parameters"]["live"] is True
    assert row["shown"] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("puppet", "-o", "p.mp4", "--size", "big"), "write it like 640x360"),
        (("puppet", "-o", "p.mp4", "--yaw", "200"), "take 0 to 90"),
        (("puppet", "-o", "p.gif"), "must end with"),
        (("swap", "train", "none", "other", "--name", "x"), "holds no faces"),
        (("swap", "train", "one", "other", "--name", "x", "--preset", "tiny69"), "Did you mean"),
        (("swap", "train", "one", "other", "--name", "x", "--until", "soon"), "no time to train until"),
        (("swap", "merge", "none", "x.mp4", "-o", "y.mp4"), "holds no model"),
        (("consent", "revoke", "ffffffff"), "holds no consent"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    quiet = () if words[:2] == ("consent", "revoke") else ("--quiet",)
    done = unmask("forge", *words, "--lab", "lab", *quiet, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
