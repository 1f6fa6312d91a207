"""Arrays, each named once by meaning, shape and dtype."""

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int16, UInt8

RgbImage = UInt8[np.ndarray, "height width 3"]
"""Gamma-coded RGB, 0–255."""
NativeImage = UInt8[np.ndarray, "rows columns 3"]
"""Gamma-coded RGB, 0–255: part of a picture, neither scaled nor turned."""
Mask = Float32[np.ndarray, "height width"]
"""Share of each pixel that was made, 0–1."""
MonoAudio = Float32[np.ndarray, " samples"]
"""Sound of one channel, −1 to 1."""
Seconds = Float64[np.ndarray, " frames"]
"""Presentation times, rising."""
ColorTrace = Float64[np.ndarray, "*cells frames 3"]
"""Mean RGB (0–255) of skin cells over time; NaN where a cell was not seen."""
Waveform = Float64[np.ndarray, "*cells frames"]
"""One value a frame for each cell, evenly sampled unless said otherwise."""
Landmarks = Float32[np.ndarray, "468 3"]
"""FaceMesh points: x and y in pixels, z in pixels towards the camera being negative."""
Mesh = Int16[np.ndarray, "frames 468 3"]
"""Landmarks over time as offsets from the box centre, in 1/MESH_STEPS pixels (half the memory of float32)."""
Boxes = Float32[np.ndarray, "frames 4"]
"""left, top, right, bottom in pixels."""
PixelBox = tuple[int, int, int, int]
"""left, top, right, bottom in whole pixels, the last two left out."""
PoseTrack = Float32[np.ndarray, "frames 3"]
"""Yaw, pitch, roll in degrees; zero looks into the camera; positive yaw turns to the image's right."""
CellColors = Float32[np.ndarray, "frames cells 3"]
"""Mean RGB (0–255) of each cell in each frame; NaN where the cell was not seen."""
PerFrame = Float32[np.ndarray, " frames"]
"""One number a frame."""
Flags = Bool[np.ndarray, " frames"]
"""One truth a frame."""

MESH_STEPS = 16
