import re
from dataclasses import replace

import numpy as np
import pytest

from tests.actor import HER, HIM, Manner, acted
from tests.puppet import part_of
from unmask.detectors import identity
from unmask.detectors.identity import CARD, LEAST_WINDOWS
from unmask.errors import MissingComponent
from unmask.faces.expression import expression_of
from unmask.signals.gesture import gestures_of
from unmask.types import Comparison, Crop, Evidence, Reason, Reference, Track

FACE, STRANGER = np.zeros(128), np.full(128, 0.07)
CROP = Crop(np.zeros((8, 8, 3), np.uint8), 1.0, np.zeros((468, 3), np.float32), 1.0, 1.0, np.zeros((4, 2), np.float32))


def reference_of(manner: Manner, *, clips: int = 9, seconds: float = 25.0) -> Reference:
    """Clips of a person with this manner, whose face lies at FACE, a little away in each."""
    tracks = [acted(manner, seconds=seconds, take=100 + clip) for clip in range(clips)]
    gestures = [gestures_of(*expression_of(track))[1] for track in tracks]
    faces = FACE + 0.02 * np.random.default_rng(1).normal(size=(clips, 128))
    numbers = np.repeat(np.arange(clips), [len(rows) for rows in gestures])
    names = tuple(f"{clip}.mp4" for clip in range(clips))
    return Reference(names, clips * seconds, faces, np.concatenate(gestures), numbers)


@pytest.fixture(scope="module")
def her() -> Reference:
    return reference_of(HER)


@pytest.fixture(autouse=True)
def face_of_the_film(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The network is slow: the film's face lies where a test says, at the reference's own place otherwise."""
    face = getattr(request, "param", FACE)
    monkeypatch.setattr(identity, "looks_of", lambda _: (np.array([1.0, 2.0]), np.stack([face, face])))


def examined(reference: Reference | None, manner: Manner = HER, **kept: float) -> Evidence:
    track = acted(manner, crops=(CROP,), take=7, **{"seconds": 30.0, **kept})
    return identity.examine(Comparison(track, reference))


def test_the_same_face_with_another_manner_ranks_above_its_own(her: Reference) -> None:
    own, other = examined(her), examined(her, HIM)
    assert own.fake is not None
    assert other.fake is not None
    assert other.fake > 0.6
    assert own.fake < 0.5
    assert own.measured["motion_p_value"] > 0.3
    assert other.measured["motion_p_value"] == pytest.approx(0.1)  # the least of nine clips


def test_it_says_how_many_stretches_are_as_far_and_how_near_the_face_is(her: Reference) -> None:
    found = examined(her)
    told = re.search(
        r"(\d+) of the reference's (\d+) stretches lie as far from its other clips as the middle one of this film's (\d+)",
        found.because[0],
    )
    assert told is not None
    assert int(told[2]) == len(her.gestures) == found.measured["known_stretches"]
    assert int(told[3]) == found.measured["stretches"] == 9
    whole = re.fullmatch(
        r"Taken whole, (\d) of its 9 clips do: p = (0\.\d\d), which with so many clips cannot fall below 0\.10\.",
        found.because[1],
    )
    assert whole is not None
    by_windows, by_clips = (1 + int(told[1])) / (1 + len(her.gestures)), (1 + int(whole[1])) / 10
    assert float(whole[2]) == pytest.approx(max(by_windows, by_clips), abs=0.006)
    assert found.measured["motion_p_value"] == pytest.approx(max(by_windows, by_clips))
    assert re.search(r"it lies 0\.\d\d from theirs, below 0\.60 being one person", found.because[2])
    assert "own clips lie 0." in found.because[2]


def test_face_and_motion_are_shown_over_time(her: Reference) -> None:
    face, motion = examined(her).traces
    assert face.x.tolist() == [1.0, 2.0]
    assert motion.x[0] == pytest.approx(5.0)
    assert ((motion.y >= 0) & (motion.y <= 1)).all()


def test_it_has_no_voice_until_it_was_measured(her: Reference) -> None:
    assert CARD.cap == 0
    assert not examined(her).counts


@pytest.mark.parametrize("face_of_the_film", [STRANGER], indirect=True)
def test_another_person_is_no_forgery_of_this_one_and_is_told_first(her: Reference) -> None:
    found = examined(her, HIM)
    assert (found.fake, found.abstained, found.sought) == (None, "another-person", ("another-person",))
    assert found.because[0].startswith("This is another person than that of the reference: the face lies 0.8")
    assert found.measured["face_distance"] == pytest.approx(0.8, abs=0.05)
    assert len(found.traces) == 1


def test_nobody_asked_without_a_reference() -> None:
    found = examined(None)
    assert (found.fake, found.abstained, found.sought) == (None, "no-reference", ())
    assert "--reference" in found.because[0]


@pytest.mark.parametrize(
    ("seconds", "frame_rate", "reason", "said"),
    [
        (
            12.0,
            20.0,
            "too-short",
            f"11.9 s; motion is compared in stretches of 10 s without a gap, of which {LEAST_WINDOWS} are needed and 1 found",
        ),
        (30.0, 8.0, "frame-rate-too-low", "8.0 frames a second"),
    ],
)
def test_too_little_film_is_no_answer_yet_the_face_is_told(
    her: Reference, seconds: float, frame_rate: float, reason: Reason, said: str
) -> None:
    found = examined(her, seconds=seconds, frame_rate=frame_rate)
    assert (found.fake, found.abstained) == (None, reason)
    assert said in found.because[0]
    assert found.because[1].startswith("The face fits the reference's person: it lies 0.")
    assert "face_distance" in found.measured
    assert found.sought == ("another-person",)


def test_a_still_shows_a_face_and_no_motion(her: Reference) -> None:
    found = identity.examine(Comparison(replace(part_of(acted(HER), slice(0, 1)), crops=(CROP,)), her))
    assert (found.fake, found.abstained) == (None, "no-video")
    assert "The face fits the reference's person" in found.because[1]


@pytest.mark.parametrize(("clips", "seconds"), [(1, 80.0), (2, 20.0), (3, 8.0)])
def test_too_little_reference_is_no_answer(clips: int, seconds: float) -> None:
    found = examined(reference_of(HER, clips=clips, seconds=seconds))
    assert (found.fake, found.abstained) == (None, "too-short")
    assert f"The reference shows {clips * seconds:.0f} s of its person" in found.because[0]
    assert "from 60 s, and from 2 clips of 10 s or more, of which it has" in found.because[0]


def test_where_the_network_is_not_installed_motion_is_told_and_nothing_concluded(
    her: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: Track) -> None:
        raise MissingComponent("Telling whose face it is needs dlib; install it with: pip install 'unmask[identity]'.")

    monkeypatch.setattr(identity, "looks_of", missing)
    found = examined(her)
    assert (found.fake, found.abstained) == (None, "not-installed")
    assert "pip install" in found.because[0]
    assert "stretches lie as far" in found.because[1]
    assert "face_distance" not in found.measured


def test_a_reference_whose_face_is_not_known_concludes_nothing(her: Reference) -> None:
    assert examined(replace(her, faces=np.zeros((0, 128)))).abstained == "not-installed"


def test_a_person_without_a_clear_picture_is_not_judged(her: Reference) -> None:
    found = identity.examine(Comparison(acted(HER, seconds=30.0), her))
    assert (found.fake, found.abstained) == (None, "not-measurable")
