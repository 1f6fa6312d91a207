"""The keyed mark in the sound: it names institution and clip, and dies where the sound is made anew.

layout → lapped → embed                                             writing
layout → lapped → resample → find → votes → payload → judge → read  reading
"""

from unmask.provenance.sound.embed import SoundMarker, mark_sound
from unmask.provenance.sound.read import SoundMarkReader, read_sound

__all__ = ["SoundMarkReader", "SoundMarker", "mark_sound", "read_sound"]
