"""``unmask watermark`` as a user meets it: a film marked, copied, altered, read and drawn."""

import base64
import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.cli.program import Row, python, rows, unmask
from tests.provenance.sound.voices import voice
from tests.puppet import Puppet, Stage, film, picture_of
from unmask.cli.watermark import COMMANDS, CRF
from unmask.media.encode import write_video
from unmask.media.essence import essence_of
from unmask.media.image import read_image, write_image
from unmask.media.probe import probe
from unmask.media.sound import Sound
from unmask.media.soundfile import write_sound
from unmask.media.video import open_frames
from unmask.provenance.keys import new_keys, open_mark_keys, write_clip_key
from unmask.provenance.ledger import ledger_folder, read_ledger
from unmask.provenance.marking import PRESET
from unmask.provenance.watermark.write import CRF as OWN_CRF
from unmask.settings import Settings

LIMITS = Settings()
CLIP = "0000002a"
STAGE = Stage(width=480, height=480, seconds=2.4, frame_rate=25.0, puppets=(Puppet(face_width=200.0),))
FAST = ("--preset", "ultrafast", "--quiet")
GONE = 0.8, 1.8
"""Seconds during which a face is made anew."""


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An institution's folder of keys."""
    folder = tmp_path_factory.mktemp("keys") / "KEYS"
    new_keys("Example [bold]Archive", folder)
    return folder


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another institution's."""
    folder = tmp_path_factory.mktemp("others") / "KEYS"
    new_keys("Other House", folder)
    return folder


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the films of these tests lie."""
    return tmp_path_factory.mktemp("films")


@pytest.fixture(scope="module")
def original(place: Path) -> Path:
    """A puppet's head, with a tone."""
    path = place / "interview.mp4"
    tone = 0.1 * np.sin(2 * np.pi * 300 / 16_000 * np.arange(int(STAGE.seconds * 16_000))).astype(np.float32)
    write_video(path, (frame.image for frame in film(STAGE)), STAGE.frame_rate, audio=tone, preset="veryfast")
    return path


@pytest.fixture(scope="module")
def row(original: Path, keys: Path) -> Row:
    """What embedding prints."""
    marked = original.with_name("marked.mp4")
    done = unmask("watermark", "embed", original, "-o", marked, "--keys", keys, "--clip", CLIP, "--json", *FAST)
    assert (done.returncode, done.stderr) == (0, "")
    (printed,) = rows(done)
    return printed


@pytest.fixture(scope="module")
def marked(row: Row) -> Path:
    """The film with its mark."""
    return Path(row["output"])


@pytest.fixture(scope="module")
def altered(marked: Path) -> Path:
    """The marked film with the face blurred for a second."""
    path = marked.with_name("altered.mp4")
    with open_frames(marked, probe(marked, LIMITS), LIMITS) as frames:
        write_video(path, (without_face(frame.image, frame.seconds) for frame in frames), STAGE.frame_rate, crf=20)
    return path


@pytest.fixture(scope="module")
def still(place: Path, keys: Path) -> Path:
    """A marked still, small so that it is quickly read."""
    source, path = place / "portrait.png", place / "portrait-marked.jpg"
    write_image(source, picture_of(Stage(width=160, height=160)))
    done = unmask("watermark", "embed", source, "-o", path, "--keys", keys)
    assert done.returncode == 0, done.stderr
    return path


def without_face(image: np.ndarray, seconds: float) -> np.ndarray:
    """The picture, for a second with its middle blurred."""
    made = image.copy()
    if GONE[0] <= seconds < GONE[1]:
        made[100:380, 140:340] = cv2.GaussianBlur(image[100:380, 140:340], (0, 0), 5)
    return made


def secrets_in(folder: Path) -> list[str]:
    """All that must never be shown, as base64 and in hexadecimal."""
    opened = open_mark_keys(folder)
    clip = opened.clip_key(int(CLIP, 16))
    hidden = (opened.sync, opened.payload_secret, opened._master, clip.secret)
    return [text for secret in hidden for text in (base64.b64encode(secret).decode(), secret.hex())]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_examples_that_start_with_its_name(command: str) -> None:
    done = unmask("watermark", command, "--help")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[lines.index("  Examples:") + 1].startswith(f"    unmask watermark {command}")


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from unmask.cli import run; run(['watermark', 'read', '--help']); print(*sys.modules, file=sys.stderr)"
    assert not {"cryptography", "numpy", "cv2", "pydantic_settings"} & set(python(code).stderr.split())


def test_the_defaults_shown_are_those_of_the_library() -> None:
    assert CRF == OWN_CRF
    assert f"default: {PRESET}" in unmask("watermark", "embed", "--help").stdout


def test_a_marked_film_is_told_and_noted(row: Row, original: Path, keys: Path) -> None:
    institution = f"{open_mark_keys(keys).institution:08x}"
    assert row["payload"] == {"institution": institution, "clip": CLIP}
    assert row["frames"] == 60
    assert row["psnr_db"] >= 42
    entry = read_ledger(ledger_folder(keys)).entries[0]
    assert row["ledger"]["sha256"] == entry.sha256 == probe(Path(row["output"]), LIMITS).sha256
    assert (entry.file, entry.kind, str(entry.payload)) == ("marked.mp4", "marked", f"{institution}-{CLIP}")
    assert entry.sources == (probe(original, LIMITS).sha256,)
    assert entry.essence is not None
    assert entry.extra == {"marked": ["picture"]}


def test_times_and_sound_are_carried_through(original: Path, marked: Path) -> None:
    before, after = (probe(path, LIMITS) for path in (original, marked))
    times = []
    for path, media in ((original, before), (marked, after)):
        with open_frames(path, media, LIMITS) as frames:
            times.append([frame.seconds for frame in frames])
    assert times[0] == pytest.approx(times[1], abs=1e-4)
    sounds = [essence_of(path, media, LIMITS).sound for path, media in ((original, before), (marked, after))]
    assert sounds[0] == sounds[1] is not None


def test_embedding_tells_a_person_what_was_done_and_what_comes_next(place: Path, keys: Path) -> None:
    source = place / "next [red].png"
    write_image(source, picture_of(Stage(width=160, height=160)))
    done = unmask("watermark", "embed", source.name, "-o", "out 1.png", "--keys", keys, cwd=place)
    assert (done.returncode, done.stderr) == (0, "[1/1] next [red].png\n")
    newest = read_ledger(ledger_folder(keys)).entries[-1]
    assert newest.payload is not None
    assert f"Clip {newest.payload.clip:08x} of institution" in done.stdout
    assert "(Example [bold]Archive)" in done.stdout
    assert "1 picture, luma PSNR 4" in done.stdout
    assert f"unmask sign 'out 1.png' -o 'out 1-signed.png' --keys {keys}" in done.stdout


def test_a_whole_mark_is_read_with_what_the_ledger_knows(marked: Path, keys: Path) -> None:
    done = unmask("watermark", "read", marked, "--keys", keys, "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Mark in the picture  intact" in done.stdout
    assert f"clip {CLIP} of institution {open_mark_keys(keys).institution:08x} (Example [bold]Archive)" in done.stdout
    assert "Mark in the sound  no mark" in done.stdout
    entry = read_ledger(ledger_folder(keys)).entries[0]
    assert "In the ledger" in done.stdout
    assert f"{entry.when}  marked  marked.mp4" in done.stdout


def test_a_row_of_reading_has_the_keys_that_other_programs_rely_on(altered: Path, keys: Path) -> None:
    (found,) = rows(unmask("watermark", "read", altered, "--keys", keys, "--json", "--quiet"))
    assert tuple(found) == ("file", "sha256", "picture_mark", "sound_mark", "ledger", "error")
    mark = found["picture_mark"]
    assert (mark["state"], mark["payload"]["clip"], mark["organization"]) == ("altered", CLIP, "Example [bold]Archive")
    assert (found["sound_mark"], found["error"]) == (None, None)
    assert found["ledger"][0]["file"] == "marked.mp4"
    region = mark["regions"][0]
    assert (region["start"], region["end"]) == pytest.approx(GONE, abs=0.33)
    assert region["box"] == pytest.approx([140, 100, 340, 380], abs=50)
    (face,) = mark["faces"]
    assert face["state"] == "altered"


def test_the_map_shows_the_face_on_its_frame(altered: Path, keys: Path, tmp_path: Path) -> None:
    path = tmp_path / "found.png"
    done = unmask("watermark", "map", altered, "--keys", keys, "-o", path, "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.rstrip().endswith(f"The map is in {path}.")
    assert "altered here" in done.stdout
    drawn = read_image(path, LIMITS).astype(int)
    assert drawn.shape[1] == 720  # 480 pixels are enlarged by half
    orange = drawn[..., 0] - drawn[..., 2]
    assert np.median(orange[200:500, 250:470]) > np.median(orange[30:700, 20:120]) + 40


def test_a_map_is_not_written_over_a_file_nor_under_another_kind_of_name(altered: Path, keys: Path) -> None:
    for name, told in (("interview.mp4", "must end with .png"), ("portrait.png", "is there already")):
        there = altered.with_name(name)
        if not there.exists():
            there.write_bytes(b"precious")
        before = there.read_bytes()
        done = unmask("watermark", "map", altered, "--keys", keys, "-o", there, "--quiet")
        assert (done.returncode, done.stdout) == (2, "")
        assert told in done.stderr
        assert there.read_bytes() == before


def test_the_key_of_a_clip_reads_it_without_a_ledger(marked: Path, keys: Path, tmp_path: Path) -> None:
    path = tmp_path / "interview.clipkey"
    write_clip_key(path, open_mark_keys(keys).clip_key(int(CLIP, 16)))
    (found,) = rows(unmask("watermark", "read", marked, "--clip-key", path, "--json", "--quiet"))
    assert (found["picture_mark"]["state"], found["picture_mark"]["payload"]["clip"]) == ("intact", CLIP)
    assert found["ledger"] == []


def test_the_key_of_another_clip_says_that_it_is_not_this_one(still: Path, keys: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.clipkey"
    write_clip_key(path, open_mark_keys(keys).clip_key(1))
    done = unmask("watermark", "read", still, "--clip-key", path, "--quiet")
    assert done.returncode == 0
    assert "Mark in the picture  undecidable" in done.stdout
    assert "but not that of clip 00000001" in done.stdout


def test_the_sound_is_marked_on_request(keys: Path, tmp_path: Path) -> None:
    talk, path = replace(STAGE, seconds=6.0, frame_rate=12.5), tmp_path / "both.mp4"  # a tone would hide too little
    write_video(tmp_path / "talk.mp4", (it.image for it in film(talk)), 12.5, audio=voice(6.0), preset="veryfast")
    done = unmask("watermark", "embed", tmp_path / "talk.mp4", "-o", path, "--keys", keys, "--sound", "--json", *FAST)
    assert done.returncode == 0, done.stderr
    assert rows(done)[0]["ledger"]["extra"] == {"marked": ["picture", "sound"]}
    (found,) = rows(unmask("watermark", "read", path, "--keys", keys, "--json", "--quiet"))
    assert found["picture_mark"]["state"] == "intact"
    assert found["sound_mark"]["payload"] == found["picture_mark"]["payload"] == rows(done)[0]["payload"]


def test_a_sound_file_is_marked_and_read(keys: Path, tmp_path: Path) -> None:
    chance = np.random.default_rng(2)
    voice = chance.normal(0, 0.1, (1, 8 * 16_000)) * (1 + np.sin(np.arange(8 * 16_000) / 1500))
    write_sound(tmp_path / "talk.wav", [Sound(voice.astype(np.float32), 16_000)])
    done = unmask("watermark", "embed", "talk.wav", "-o", "marked.flac", "--keys", keys, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (told,) = rows(done)
    assert (told["frames"], told["psnr_db"], told["ledger"]["extra"]) == (0, None, {"marked": ["sound"]})
    (found,) = rows(unmask("watermark", "read", "marked.flac", "--keys", keys, "--json", cwd=tmp_path))
    assert found["picture_mark"] is None
    assert (found["sound_mark"]["state"], found["sound_mark"]["payload"]) == ("intact", told["payload"])
    drawn = unmask("watermark", "map", "marked.flac", "--keys", keys, cwd=tmp_path)
    assert drawn.returncode == 2
    assert "'marked.flac' has no picture to draw on" in drawn.stderr
    again = unmask("watermark", "embed", "marked.flac", "-o", "again.flac", "--keys", keys, cwd=tmp_path)
    assert again.returncode == 2
    assert "The sound of 'marked.flac' carries a mark of Example [bold]Archive already" in again.stderr


def test_a_film_is_not_marked_twice_with_the_same_keys(marked: Path, keys: Path) -> None:
    again = marked.with_name("again.mp4")
    done = unmask("watermark", "embed", marked, "-o", again, "--keys", keys, *FAST)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"'marked.mp4' carries a mark of Example [bold]Archive already, of clip {CLIP}" in done.stderr
    assert not again.exists()


def test_of_two_marks_the_later_is_read(still: Path, keys: Path, others: Path) -> None:
    twice = still.with_name("twice.png")
    assert unmask("watermark", "embed", still, "-o", twice, "--keys", others, "--quiet").returncode == 0
    (later,) = rows(unmask("watermark", "read", twice, "--keys", others, "--json", "--quiet"))
    assert (later["picture_mark"]["state"], later["picture_mark"]["organization"]) == ("intact", "Other House")
    (first,) = rows(unmask("watermark", "read", twice, "--keys", keys, "--json", "--quiet"))
    assert first["picture_mark"]["state"] in {"absent", "undecidable"}
    assert first["picture_mark"]["sentence"].count(".") == 1


def test_noise_and_what_cannot_be_read_each_get_a_row(keys: Path, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (100, 100, 3), np.uint8)
    write_image(tmp_path / "noise.png", noise)
    (tmp_path / "words.txt").write_text("no media")
    done = unmask("watermark", "read", "words.txt", "gone.mp4", "noise.png", "--keys", keys, "--json", cwd=tmp_path)
    assert done.returncode == 3
    words, gone, found = rows(done)
    assert [one["error"]["code"] for one in (words, gone)] == ["not-media", "unreadable"]
    assert (words["picture_mark"], words["ledger"]) == (None, [])
    assert found["picture_mark"]["state"] == "absent"
    assert found["picture_mark"]["sentence"] == "No mark of these keys is in the picture."
    assert done.stderr.splitlines() == ["[1/3] words.txt", "[2/3] gone.mp4", "[3/3] noise.png"]


def test_there_is_no_map_of_no_mark(keys: Path, tmp_path: Path) -> None:
    write_image(tmp_path / "grey.png", np.full((64, 64, 3), 90, np.uint8))
    done = unmask("watermark", "map", "grey.png", "--keys", keys, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.rstrip().endswith("There is no mark to draw a map of.")
    assert [path.name for path in tmp_path.iterdir()] == ["grey.png"]


def test_a_still_that_is_too_small_is_refused_in_one_sentence(keys: Path, tmp_path: Path) -> None:
    write_image(tmp_path / "small.png", picture_of(Stage(width=64, height=64)))
    done = unmask("watermark", "embed", "small.png", "-o", "out.png", "--keys", keys, "--quiet", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "A picture of 64×64 pixels is too small for a mark; take one of 128×128 pixels or more.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["small.png"]


def test_a_film_of_one_picture_is_marked_and_read(keys: Path, tmp_path: Path) -> None:
    one = replace(STAGE, seconds=0.04, width=240, height=240)
    write_video(tmp_path / "one.mp4", (frame.image for frame in film(one)), 25.0)
    done = unmask("watermark", "embed", "one.mp4", "-o", "marked.mp4", "--keys", keys, "--json", *FAST, cwd=tmp_path)
    assert rows(done)[0]["frames"] == 1
    (found,) = rows(unmask("watermark", "read", "marked.mp4", "--keys", keys, "--json", "-q", cwd=tmp_path))
    assert found["picture_mark"]["state"] == "intact"


def test_a_film_that_breaks_off_leaves_nothing_behind(original: Path, keys: Path, tmp_path: Path) -> None:
    content = original.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(content[: len(content) * 2 // 3])
    entries = read_ledger(ledger_folder(keys)).entries
    done = unmask("watermark", "embed", "cut.mp4", "-o", "out.mp4", "--keys", keys, *FAST, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert "breaks off after" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["cut.mp4"]
    assert read_ledger(ledger_folder(keys)).entries == entries


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("-o", "interview.mp4"), "'interview.mp4' would be marked over itself; name another file with --output."),
        (("-o", "there.mp4"), "'there.mp4' is there already; name another, or replace it with --force."),
        (("-o", "out.mkv"), "'out.mkv' must end with .mp4 or .m4v to hold what 'interview.mp4' holds."),
        (("-o", "folder"), "'folder' is a folder; name a file in it."),
        (("-o", "out.mp4", "--clip", "interview"), "is no number of a clip"),
        (("-o", "out.mp4", "--crf", "52"), "--crf"),
        (("-o", "out.mp4", "--preset", "slowest"), "--preset"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else "",
)
def test_what_makes_no_sense_is_refused_before_anything_is_written(
    original: Path, keys: Path, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    shutil.copy(original, tmp_path / "interview.mp4")
    (tmp_path / "there.mp4").write_bytes(b"precious")
    (tmp_path / "folder").mkdir()
    done = unmask("watermark", "embed", "interview.mp4", *arguments, "--keys", keys, "--quiet", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert (tmp_path / "there.mp4").read_bytes() == b"precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "interview.mp4", "there.mp4"]


def test_a_file_is_replaced_only_with_force_and_a_number_used_again_is_told(still: Path, keys: Path) -> None:
    source, path = still.with_name("portrait.png"), still.with_name("twice-named.png")
    write_image(source, picture_of(Stage(width=160, height=160)))
    path.write_bytes(b"worthless")
    done = unmask("watermark", "embed", source, "-o", path, "--keys", keys, "--force", "--clip", CLIP, "--json", "-q")
    assert done.returncode == 0
    assert "Clip 0000002a stands in the ledger already, for 'marked.mp4'" in rows(done)[0]["remarks"][0]
    assert read_image(path, LIMITS).shape == (160, 160, 3)


def test_sound_that_is_not_there_is_not_marked(still: Path, keys: Path) -> None:
    source = still.with_name("silent.png")
    write_image(source, picture_of(Stage(width=160, height=160)))
    done = unmask("watermark", "embed", source, "-o", source.with_name("o.png"), "--keys", keys, "--sound", "-q")
    assert (done.returncode, done.stderr) == (2, "'silent.png' has no sound to mark; leave out --sound.\n")


@pytest.mark.parametrize("command", ["read", "map"])
def test_one_key_must_be_named_and_only_one(still: Path, keys: Path, tmp_path: Path, command: str) -> None:
    none = unmask("watermark", command, still, cwd=tmp_path)
    assert (none.returncode, none.stdout) == (2, "")
    assert none.stderr.startswith("No key is named; give --keys DIR or --clip-key FILE")
    both = unmask("watermark", command, still, "--keys", keys, "--clip-key", "x", cwd=tmp_path)
    assert both.returncode == 2
    assert both.stderr == "A key folder and the key of one clip are both named; name one of them.\n"


def test_the_settings_may_name_the_key_folder(still: Path, keys: Path, others: Path, tmp_path: Path) -> None:
    (found,) = rows(unmask("watermark", "read", still, "--json", UNMASK_KEYS=str(keys)))
    assert found["picture_mark"]["organization"] == "Example [bold]Archive"
    clip = int(found["picture_mark"]["payload"]["clip"], 16)
    path = tmp_path / "one.clipkey"
    write_clip_key(path, open_mark_keys(keys).clip_key(clip))
    (again,) = rows(unmask("watermark", "read", still, "--clip-key", path, "--json", UNMASK_KEYS=str(others)))
    assert again["picture_mark"]["payload"] == found["picture_mark"]["payload"]
    without = unmask("watermark", "embed", still, "-o", tmp_path / "o.png")
    assert (without.returncode, without.stdout) == (2, "")
    assert "No key is named; give --keys DIR" in without.stderr


def test_a_ledger_that_cannot_be_written_is_told_and_the_film_is_kept(still: Path, tmp_path: Path) -> None:
    new_keys("Example Archive", tmp_path / "KEYS")
    (tmp_path / "KEYS" / "ledger").write_text("a file in the way")
    source, path = still.with_name("portrait.png"), tmp_path / "kept.png"
    write_image(source, picture_of(Stage(width=160, height=160)))
    done = unmask("watermark", "embed", source, "-o", path, "--keys", tmp_path / "KEYS", "--clip", "7", "--quiet")
    assert done.returncode == 3
    assert done.stderr.startswith("'kept.png' is marked as clip 00000007, but not noted: The ledger in 'ledger' cannot")
    assert math.isfinite(float(read_image(path, LIMITS).mean()))


def test_nothing_secret_is_ever_shown(marked: Path, keys: Path, place: Path) -> None:
    shown = [
        unmask("watermark", "read", marked, "--keys", keys, "--json"),
        unmask("watermark", "embed", marked, "-o", place / "never.mp4", "--keys", keys),
        unmask("watermark", "read", marked, "--clip-key", keys / "watermark.key"),
    ]
    assert [done.returncode for done in shown] == [0, 2, 2]
    text = "".join(done.stdout + done.stderr for done in shown)
    assert text
    assert [secret for secret in secrets_in(keys) if secret in text] == []
    assert json.loads((keys / "watermark.key").read_text())["master"] in secrets_in(keys)
