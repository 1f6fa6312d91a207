from pathlib import Path

from tests.cli.program import rows, unmask
from tests.datasets.drawn import put, room, swapped, write_film

PEOPLE = ("Anna", "Ben", "Carl", "Dora")


def films(folder: Path) -> Path:
    return put(folder, *(f"{person}_1_{side}.mp4" for person in PEOPLE for side in ("real", "fake")))


def test_a_folder_is_shown_in_words_and_as_one_object(tmp_path: Path) -> None:
    folder = films(tmp_path / "films")
    put(folder, "stray.mp4")
    told = unmask("datasets", "show", folder).stdout
    assert "is read as a folder of films of your own ('folder')" in told
    assert "4 real, 4 fake (fake 4)" in told
    assert "'stray.mp4' lies neither in real/ nor in fake/" in told
    (row,) = rows(unmask("datasets", "show", folder, "--json"))
    assert (row["layout"], row["real"], row["fake"], row["people"], row["pairs"], row["groups"]) == (
        *("folder", 4, 4),
        *(4, 4, 4),
    )
    assert row["splits"] == [{"split": None, "real": 4, "fake": 4, "people": 4}]
    assert len(row["problems"]) == 1


def test_with_check_every_film_is_opened(tmp_path: Path) -> None:
    write_film(tmp_path / "Anna_1_real.mp4", room(1))
    write_film(tmp_path / "Anna_1_fake.mp4", swapped(room(1)))
    put(tmp_path, "Ben_1_real.mp4")
    (row,) = rows(unmask("datasets", "show", tmp_path, "--check", "--json"))
    assert (row["real"], row["fake"]) == (1, 1)
    assert "'Ben_1_real.mp4' was left out" in row["problems"][0]


def test_splits_are_the_same_each_time_whole_by_person_and_named_by_their_hash(tmp_path: Path) -> None:
    folder, one, other = films(tmp_path / "films"), tmp_path / "one.csv", tmp_path / "other.csv"
    done = unmask("datasets", "split", folder, "--out", one, "--shares", "50,25,25")
    (row,) = rows(unmask("datasets", "split", folder, "--out", other, "--shares", "50,25,25", "--json"))
    assert done.returncode == 0
    assert one.read_bytes() == other.read_bytes()
    assert f"SHA-256     {row['sha256']}\n" in done.stdout
    assert [(part["split"], part["real"], part["people"]) for part in row["splits"]] == [
        ("train", 2, 2),
        ("validation", 1, 1),
        ("test", 1, 1),
    ]
    seeded = tmp_path / "seeded.csv"
    (changed,) = rows(unmask("datasets", "split", folder, "--out", seeded, "--seed", "5", "--json"))
    assert changed["sha256"] != row["sha256"]


def test_a_table_that_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    folder, out = films(tmp_path / "films"), tmp_path / "split.csv"
    out.write_text("mine")
    refused = unmask("datasets", "split", folder, "--out", out)
    assert (refused.returncode, out.read_text()) == (2, "mine")
    assert "--force" in refused.stderr
    assert unmask("datasets", "split", folder, "--out", out, "--force").returncode == 0
    assert out.read_text().startswith("path,label,identity")


def test_shares_that_make_no_sense_are_refused_in_one_sentence(tmp_path: Path) -> None:
    folder = films(tmp_path / "films")
    for shares in ("70,30", "a,b,c", "0,0,0"):
        refused = unmask("datasets", "split", folder, "--out", tmp_path / "split.csv", "--shares", shares)
        assert refused.returncode == 2
        assert "three numbers" in refused.stderr
    assert not (tmp_path / "split.csv").exists()


def test_a_training_says_how_many_films_of_the_test_it_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "films"
    for index, person in enumerate(PEOPLE[:2]):
        place = folder / ("train" if index else "test")
        write_film(place / f"{person}_1_real.mp4", room(index))
        write_film(place / f"{person}_1_fake.mp4", swapped(room(index)))
    done = unmask("train", "seam", folder, "--quick", cwd=tmp_path)
    assert done.returncode == 2
    assert "[2/2]" in done.stderr
    assert "[3/" not in done.stderr
