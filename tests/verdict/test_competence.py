from dataclasses import replace

from tests.verdict.people import CARDS, MEDIA, person, says, silent, track
from unmask.types import AudioStream, Evidence, Media, Person, VideoStream
from unmask.verdict.competence import CONTEXT, answers, stands_for_film, unchecked

HDR = VideoStream(
    codec="hevc",
    profile=None,
    width=100,
    height=50,
    rotation_degrees=0,
    pixel_format="yuv420p10le",
    bit_depth=10,
    frame_rate=25.0,
    variable_frame_rate=False,
    frames=100,
    duration_seconds=10.0,
    bit_rate=None,
    color_transfer="smpte2084",
    color_space=None,
    hdr=True,
    encoder=None,
)


def left_out(*people: Person, evidence: tuple[Evidence, ...] = (), media: Media = MEDIA, crowd: int = 0) -> str:
    return " | ".join(unchecked(media, people, evidence, CARDS, crowd))


def test_only_a_probability_is_an_answer() -> None:
    spoken, mute = says("rim", 0.4), silent("gait")
    assert answers([mute, spoken]) == (spoken,)


def test_what_abstained_is_named_with_its_reason() -> None:
    assert left_out(person(silent("gait"), says("rim", 0.4))) == "gait: The gait saw 1 s."


def test_with_several_people_each_is_named() -> None:
    assert "gait (person 2): " in left_out(person(says("gait", 0.4)), person(silent("gait"), number=2))


def test_context_is_not_missing_evidence() -> None:
    for reason in CONTEXT:
        assert left_out(person(says("rim", 0.4)), evidence=(silent("tags", reason),)) == ""
        assert left_out(person(says("rim", 0.4), silent("gait", reason))) == ""


def test_other_abstentions_about_the_file_are_named() -> None:
    assert "tags: The tags saw 1 s." in left_out(person(says("rim", 0.4)), evidence=(silent("tags", "no-video"),))


def test_without_a_face_everything_that_looks_at_faces_was_not_checked() -> None:
    told = left_out()
    assert all(f"{name}: no face was seen." in told for name in ("rim", "gait", "blood"))
    assert "tags" not in told


def test_sound_is_not_checked_and_that_is_said() -> None:
    sound = AudioStream("aac", 48_000, 2, 12.0, 96_000.0)
    assert "sound" in left_out(person(), media=replace(MEDIA, audio=sound))


def test_the_crowd_is_counted() -> None:
    assert "22 more faces" in left_out(person(), crowd=22)


def test_hdr_is_named() -> None:
    assert "HDR (smpte2084)" in left_out(person(), media=replace(MEDIA, video=HDR))


def test_someone_in_view_for_a_fifth_of_the_film_stands_for_it() -> None:
    assert stands_for_film(Person(track(seconds=2.0), ()), MEDIA)
    assert not stands_for_film(Person(track(seconds=1.9), ()), MEDIA)


def test_a_person_in_a_still_stands_for_it() -> None:
    assert stands_for_film(Person(track(seconds=0.0), ()), replace(MEDIA, duration_seconds=None))
