"""Where a file comes from, in JSON, in the terminal and on the page."""

import json
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from tests.report.conftest import credentials, hostile_origin, manifest, picture_mark, sound_mark
from tests.report.test_as_html import Page
from tests.report.test_as_text import printed, words
from unmask.report.as_html import as_html
from unmask.report.as_json import as_json, json_line
from unmask.report.as_text import as_text
from unmask.report.credential_words import (
    CREDENTIAL_STATES,
    MOST_NODES,
    MOST_STEPS,
    action_line,
    credential_facts,
    signer_line,
    tree,
)
from unmask.report.mark_words import MARK_STATES, MOST_REGIONS, face_words, region_rows
from unmask.report.provenance_as_json import (
    NOT_EXAMINED,
    credentials_as_json,
    picture_mark_as_json,
    provenance_as_json,
    sound_mark_as_json,
)
from unmask.report.provenance_as_text import credentials_as_text, picture_mark_as_text, sound_mark_as_text
from unmask.types import (
    Action,
    Card,
    Credentials,
    CredentialState,
    FaceMark,
    Manifest,
    MarkState,
    PictureMark,
    Provenance,
    Region,
    Report,
    Signer,
    SoundMark,
)

NAN = float("nan")
STATES: tuple[CredentialState, ...] = ("trusted", "valid", "altered", "unreadable", "absent")
MARKS: tuple[MarkState, ...] = ("intact", "altered", "undecidable", "absent")


def chain(length: int) -> Manifest:
    """A film made from a film made from a film …"""
    node = Manifest(None, "first", None, "parentOf", None, None)
    for index in range(length - 1):
        node = Manifest(f"urn:{index}", f"copy {index}", None, "parentOf", None, None, ingredients=(node,))
    return node


def nodes(row: dict[str, object]) -> int:
    below = row["ingredients"]
    assert isinstance(below, list)
    return 1 + sum(nodes(one) for one in below)


def test_what_was_not_examined_is_null_under_the_same_keys() -> None:
    row = provenance_as_json(Provenance())
    assert set(row) == set(NOT_EXAMINED)
    assert (row["credentials"], row["picture_mark"], row["sound_mark"]) == (None, None, None)
    assert "no signer is trusted" in row["trust"]


def test_credentials_reach_the_row_with_their_tree() -> None:
    row = json.loads(json_line(credentials_as_json(credentials())))
    assert (row["state"], row["essence"], row["found_in"]) == ("altered", "different", "file")
    assert row["payload"] == {"institution": "1a2b3c4d", "clip": "00000007"}
    assert row["regions"] == [{"start": 21.0, "end": 34.0, "box": [500.0, 130.0, 740.0, 430.0]}]
    recording, logo = row["manifest"]["ingredients"]
    assert row["manifest"]["signer"]["organization"] == "Example Broadcasting"
    assert recording["actions"][0]["source_type"] == "digitalCapture"
    assert (logo["label"], logo["signer"]) == (None, None)


def test_regions_that_were_not_compared_differ_from_none_found() -> None:
    assert credentials_as_json(Credentials("valid", "Whole."))["regions"] is None
    assert credentials_as_json(Credentials("valid", "Whole.", regions=()))["regions"] == []
    assert credential_facts(Credentials("valid", "Whole.")) == []
    assert "fits the signed fingerprint" in dict(credential_facts(Credentials("valid", "Whole.", regions=()))).values()


def test_the_mark_of_the_picture_reaches_the_row_without_its_map() -> None:
    row = json.loads(json_line(picture_mark_as_json(picture_mark())))
    assert "map" not in row
    assert len(json.dumps(row)) < 1500
    assert (row["state"], row["organization"], row["undecidable"]) == ("altered", "Example Broadcasting", 0.06)
    assert row["faces"][0] == {"id": 1, "state": "altered", "alive": 0.04, "error": 0.03, "altered": [[21.08, 34.1]]}
    assert row["alignment"] == {"scale": [1.0, 1.0], "offset": [0.0, 0.0], "start_seconds": 3.2, "gain": 0.98}


def test_the_mark_of_the_sound_has_a_value_or_null_for_each_second() -> None:
    row = json.loads(json_line(sound_mark_as_json(sound_mark())))
    assert len(row["integrity"]) == 62
    assert row["integrity"][25] == [25.0, 0.02]
    assert row["integrity"][51] == [51.0, None]
    assert row["altered"] == [[22.0, 33.0]]


def test_numbers_of_a_mark_that_are_not_finite_read_null() -> None:
    odd = PictureMark("undecidable", "Weak.", coherence=NAN, faces=(FaceMark(1, "undecidable", NAN, NAN),))
    row = json.loads(json_line(picture_mark_as_json(odd)))
    assert (row["coherence"], row["faces"][0]["alive"], row["faces"][0]["error"]) == (None, None, None)
    assert face_words(odd.faces[0]) == "undecidable"


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_credentials_is_said_in_words_everywhere(
    state: CredentialState, report: Report, cards: Mapping[str, Card]
) -> None:
    found = Credentials(state, f"The sentence on {state}.")
    whole = replace(report, provenance=Provenance(found))
    text, page = words(printed(as_text(whole), 80)), Page(as_html(whole, cards)).text
    assert f"Content Credentials {CREDENTIAL_STATES[state].lower()}" in text
    assert f"{CREDENTIAL_STATES[state]}. The sentence on {state}." in page
    assert found.sentence in text


@pytest.mark.parametrize("state", MARKS)
def test_every_state_of_a_mark_is_said_in_words_everywhere(
    state: MarkState, report: Report, cards: Mapping[str, Card]
) -> None:
    origin = Provenance(picture=PictureMark(state, "On the picture."), sound=SoundMark(state, "On the sound."))
    whole = replace(report, provenance=origin)
    text, page = words(printed(as_text(whole), 80)), Page(as_html(whole, cards)).text
    for subject in ("picture", "sound"):
        assert f"Mark in the {subject} {MARK_STATES[state].lower()} On the {subject}." in text
        assert f"Mark in the {subject} {MARK_STATES[state]}. On the {subject}." in page


def test_no_two_states_share_their_words() -> None:
    assert len(set(CREDENTIAL_STATES.values())) == len(STATES)
    assert len(set(MARK_STATES.values())) == len(MARKS)


def test_the_tree_is_drawn_with_signers_steps_and_problems() -> None:
    text = printed(credentials_as_text(credentials()), 100)
    lines = text.splitlines()
    assert any(line.strip().startswith("this file: interview.mp4") for line in lines)
    assert any("├── made from: recording.mp4" in line for line in lines)
    assert any("└── holds: logo.png" in line for line in lines)
    assert "edited by a person, with Editor 5" in words(text)
    assert text.count("The hash of the film does not fit the file.") == 1
    assert "nobody: it carried no Content Credentials" in text


def test_a_problem_that_belongs_to_no_node_is_said_above_the_tree() -> None:
    found = replace(credentials(), problems=("The clock of the signer is wrong.",))
    text = printed(credentials_as_text(found), 100)
    assert text.index("The clock of the signer is wrong.") < text.index("this file:")


def test_a_deep_and_a_wide_tree_are_cut_and_say_so() -> None:
    deep = words(printed(credentials_as_text(Credentials("valid", "Deep.", chain(50))), 200))
    assert "and 1 more, not shown" in deep
    parts = tuple(Manifest(None, f"part {index}", None, "componentOf", None, None) for index in range(500))
    wide = tree(replace(manifest(), ingredients=parts))
    assert len(wide.below) == MOST_NODES - 1
    assert wide.left_out == 500 - len(wide.below)
    assert nodes(credentials_as_json(Credentials("valid", "Deep.", chain(50)))["manifest"]) == 50


def test_many_steps_and_regions_are_counted() -> None:
    many = replace(manifest(), actions=(Action("c2pa.edited"),) * (MOST_STEPS + 5), signer=None)
    steps = [value for label, value in tree(many).facts if label == "step"]
    assert (len(steps), steps[-1]) == (MOST_STEPS + 1, "and 5 more")
    rows = region_rows((Region(0.0, 1.0, (0.0, 0.0, 8.0, 8.0)),) * (MOST_REGIONS + 3), "altered", None)
    assert rows[-1] == ("altered", "and 3 more regions")


def test_a_signer_without_a_name_and_a_strange_step_are_shown() -> None:
    assert signer_line(Signer(None, None, None, None, None, None)) == "a nameless certificate"
    assert action_line(Action("org.example.blurred_faces", "somethingNew")) == "org.example.blurred faces, somethingNew"


@pytest.mark.parametrize("width", [80, 40])
def test_origin_fits_a_narrow_screen(marked: Report, width: int) -> None:
    text = printed(as_text(marked), width)
    assert all(len(line) <= width for line in text.splitlines())
    assert "…" not in text


def test_whom_the_reader_trusts_is_said_only_where_someone_signed(report: Report, marked: Report) -> None:
    assert "anchors.pem" in printed(as_text(marked), 80)
    assert "trust list" not in printed(as_text(report), 80)


def test_absence_alone_makes_no_section(report: Report, marked: Report, cards: Mapping[str, Card]) -> None:
    assert "Signature and marks" not in Page(as_html(report, cards)).headings
    assert "Signature and marks" in Page(as_html(marked, cards)).headings


def test_the_page_draws_the_marks(marked: Report, cards: Mapping[str, Card]) -> None:
    html = as_html(marked, cards)
    page = Page(html)
    named = [attributes.get("aria-label", "") for tag, attributes in page.tags if tag == "svg"]
    for figure in ("Altered stretches", "Where the mark is alive", "Where the picture differs", "Mark alive in each"):
        assert any(label.startswith(figure) for label in named)
    assert len(html.encode()) < 600_000


def test_a_sound_file_with_a_mark_has_its_curve_and_no_picture(sound: Report, cards: Mapping[str, Card]) -> None:
    found = replace(sound, provenance=Provenance(sound=sound_mark()))
    named = [attributes.get("aria-label", "") for tag, attributes in Page(as_html(found, cards)).tags if tag == "svg"]
    assert any(label.startswith("Mark alive in each") for label in named)
    assert not any(label.startswith("Where the mark is alive") for label in named)


def test_a_still_has_one_picture_and_no_times(faceless: Report, cards: Mapping[str, Card]) -> None:
    mark = picture_mark(1280, 720, 0.1)
    assert mark.map is not None
    still = replace(
        mark, regions=tuple(replace(it, start=0.0, end=0.0) for it in mark.regions), faces=(), alignment=None
    )
    text = Page(as_html(replace(faceless, provenance=Provenance(picture=still)), cards)).text
    assert "Altered 243 × 302 px at 499, 130" in text.replace("\xa0", " ")


def test_what_a_signer_writes_stays_text(hostile: Report, cards: Mapping[str, Card]) -> None:
    page = Page(as_html(hostile, cards))
    for name in ("title", "form", "generator", "organization", "action", "description", "problem", "trust", "sound"):
        assert f"<svg onload=alert(1)>\\x1b[2J\\u202e[red]{name}" in page.text, name
    text = printed(as_text(hostile), 400)
    assert "<svg onload=alert(1)>\\x1b[2J\\u202e[red]title" in text
    assert not {"\x1b", "\u202e"} & set(text)
    assert json_line(as_json(hostile)).isascii()


def test_each_renderable_stands_alone() -> None:
    origin = hostile_origin()
    assert origin.credentials is not None
    assert "[red]title" in printed(credentials_as_text(origin.credentials), 300)
    assert "13 s" in printed(picture_mark_as_text(picture_mark()), 80)
    assert "0:22.0 to 0:33.0" in printed(sound_mark_as_text(sound_mark()), 80)
    bare = SoundMark("absent", "No mark.", seconds=np.empty(0))
    assert printed(sound_mark_as_text(bare), 80).splitlines()[-1].strip() == "No mark."
