"""What passes while a puppet stays who it is: its turn, its expression, its light and its pulse, now and over time."""

from dataclasses import dataclass

import numpy as np

BREATH_MM = 1.2
"""Rise of head and shoulders with a breath."""
BLINK_SLOT_SECONDS, BLINK_SECONDS = 4.0, 0.28
GAZE_SLOT_SECONDS, SACCADE_SECONDS = 1.6, 0.06
TALK_SLOT_SECONDS = 3.0
SWAY_HZ = np.array([0.043, 0.11, 0.19, 0.31])
SWAY_WEIGHTS = np.array([0.5, 0.3, 0.14, 0.06])
SYLLABLES_HZ = np.array([2.9, 4.3, 5.2])


@dataclass(frozen=True, slots=True)
class Light:
    """One lamp and the light of the room.

    Attributes:
        azimuth_degrees: Where the lamp stands, 0 behind the camera, positive to the image's right.
        elevation_degrees: Its height, positive above.
        strength: Light of the lamp on skin that faces it, 0–1.5.
        ambient: Light of the room, 0–1; strength and ambient of together 1 show the colours as they are.
        kelvin: Colour temperature of the lamp; 6500 is white, less is warmer.
    """

    azimuth_degrees: float = -28.0
    elevation_degrees: float = 32.0
    strength: float = 0.72
    ambient: float = 0.42
    kelvin: float = 6000.0


@dataclass(frozen=True, slots=True)
class Nuisance:
    """Everything about one picture of a puppet but who it is.

    Attributes:
        yaw_degrees: Turn of the head, positive to the image's right, −90 to 90.
        pitch_degrees: Positive looks up, −40 to 40.
        roll_degrees: Lean, positive clockwise, −45 to 45.
        gaze: Where the eyes look within the head, right and down, −1 to 1 being 30 degrees.
        blink: 0 has the eyes open, 1 shut.
        mouth_open: 0 is shut, 1 as wide as 2 cm.
        smile: −1 purses the lips, 1 smiles widely.
        brows: −1 frowns, 1 lifts the brows.
        x: Middle of a face that looks straight ahead, as a share of the picture's width.
        y: The same of its height.
        face_width: Width in pixels that the mean face would have; 142 mm.
        blood: Relative swing of the skin's green at this moment; red and blue swing less.
        breath: −1 breathed out, 1 breathed in.
    """

    yaw_degrees: float = 0.0
    pitch_degrees: float = 0.0
    roll_degrees: float = 0.0
    gaze: tuple[float, float] = (0.0, 0.0)
    blink: float = 0.0
    mouth_open: float = 0.0
    smile: float = 0.0
    brows: float = 0.0
    x: float = 0.5
    y: float = 0.5
    face_width: float = 130.0
    light: Light = Light()
    blood: float = 0.0
    breath: float = 0.0


@dataclass(frozen=True, slots=True)
class Motion:
    """What a puppet does in a film; ``at`` tells it for any time, the same for each call.

    Attributes:
        seed: Which sway, blinks, looks and words.
        yaw_degrees: Lowest and highest turn the head may reach.
        pitch_degrees: The same of pitch.
        roll_degrees: The same of lean.
        sway_mm: Slow drift of the whole person.
        talking: How far the mouth opens when it talks, 0–1; 0 is silent.
        blinking: Whether the eyes blink, about every four seconds.
        glancing: How far the eyes wander, 0–1.
        heart_rate_bpm: None has no pulse.
        amplitude: Relative swing of green with the pulse; 0.008 is usual.
        breath_rate_bpm: None holds the breath.
    """

    seed: int = 0
    yaw_degrees: tuple[float, float] = (-8.0, 8.0)
    pitch_degrees: tuple[float, float] = (-5.0, 5.0)
    roll_degrees: tuple[float, float] = (-3.0, 3.0)
    sway_mm: float = 4.0
    talking: float = 0.5
    blinking: bool = True
    glancing: float = 0.4
    heart_rate_bpm: float | None = 72.0
    amplitude: float = 0.008
    breath_rate_bpm: float | None = 14.0
    x: float = 0.5
    y: float = 0.5
    face_width: float = 130.0
    light: Light = Light()

    def at(self, seconds: float, picture_width: int, picture_height: int) -> Nuisance:
        """The nuisance at a time of a film of this size in pixels."""
        drift = self.sway_mm * self.face_width / 142.0
        talk, smile = self._words(seconds)
        return Nuisance(
            yaw_degrees=self._turn(seconds, 0, self.yaw_degrees),
            pitch_degrees=self._turn(seconds, 1, self.pitch_degrees),
            roll_degrees=self._turn(seconds, 2, self.roll_degrees),
            gaze=self._gaze(seconds),
            blink=self._blink(seconds),
            mouth_open=talk,
            smile=smile,
            brows=0.5 * self._sway(seconds, 3),
            x=self.x + drift * self._sway(seconds, 4) / picture_width,
            y=self.y + 0.6 * drift * self._sway(seconds, 5) / picture_height,
            face_width=self.face_width,
            light=self.light,
            blood=self._blood(seconds),
            breath=0.0 if self.breath_rate_bpm is None else float(np.sin(_turns(self.breath_rate_bpm, seconds))),
        )

    def _sway(self, seconds: float, part: int) -> float:
        """A slow wander without a period, −1 to 1."""
        phases = np.random.default_rng((self.seed, 1, part)).uniform(0, 2 * np.pi, len(SWAY_HZ))
        return float(SWAY_WEIGHTS @ np.sin(2 * np.pi * SWAY_HZ * (1 + 0.07 * part) * seconds + phases))

    def _turn(self, seconds: float, part: int, ends: tuple[float, float]) -> float:
        return (ends[0] + ends[1]) / 2 + (ends[1] - ends[0]) / 2 * self._sway(seconds, part)

    def _blink(self, seconds: float) -> float:
        if not self.blinking:
            return 0.0
        slot = int(seconds // BLINK_SLOT_SECONDS)
        start = slot * BLINK_SLOT_SECONDS + np.random.default_rng((self.seed, 2, slot)).uniform(0.3, 3.6)
        progress = (seconds - start) / BLINK_SECONDS
        return float(np.sin(np.pi * progress) ** 0.7) if 0 < progress < 1 else 0.0

    def _gaze(self, seconds: float) -> tuple[float, float]:
        slot, since = divmod(seconds, GAZE_SLOT_SECONDS)
        before, now = (np.random.default_rng((self.seed, 3, int(slot) + k)).normal(0, 0.4, 2) for k in (0, 1))
        x, y = before + (now - before) * np.clip(since / SACCADE_SECONDS, 0, 1)
        return float(np.clip(x * self.glancing, -1, 1)), float(np.clip(y * self.glancing * 0.6, -1, 1))

    def _words(self, seconds: float) -> tuple[float, float]:
        """Opening of the mouth and width of the lips: syllables in phrases, with pauses between them."""
        chance = np.random.default_rng((self.seed, 4))
        phases, slot = chance.uniform(0, 2 * np.pi, 4), seconds / TALK_SLOT_SECONDS
        phrase = np.clip(1.6 * np.sin(np.pi * slot + phases[3]) ** 2 - 0.3, 0, 1)
        syllables = np.clip(np.sin(2 * np.pi * SYLLABLES_HZ * seconds + phases[:3]).mean() + 0.35, 0, 1)
        return float(self.talking * phrase * syllables), 0.35 * self._sway(seconds, 6)

    def _blood(self, seconds: float) -> float:
        if self.heart_rate_bpm is None:
            return 0.0
        angle = _turns(self.heart_rate_bpm, seconds)
        return float(self.amplitude * (np.sin(angle) + 0.35 * np.sin(2 * angle + 0.6)) / 1.2)


def _turns(rate_bpm: float, seconds: float) -> float:
    return 2 * np.pi * rate_bpm / 60 * seconds
