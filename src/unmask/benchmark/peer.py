"""MediaPipe's FaceMesh over the same pictures, run by a Python that has it: ``python peer.py FRAMES.npy``.

Stands alone, since that Python has no unmask. Prints one JSON object; times are processor time, all threads together.
"""

import importlib
import json
import resource
import sys

import numpy as np

WARM_FRAMES = 30


def cpu_seconds() -> float:
    """Processor time of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def face_loop(file: str) -> dict[str, float | str]:
    """Landmarks of one face followed through the pictures; ``loop_ms`` a frame, ``tracked`` share of frames."""
    mediapipe = importlib.import_module("mediapipe")
    images = list(np.load(file, allow_pickle=False))
    mesh = mediapipe.solutions.face_mesh.FaceMesh(static_image_mode=False, max_num_faces=1, refine_landmarks=False)
    for image in images[:WARM_FRAMES]:
        mesh.process(image)
    begun = cpu_seconds()
    tracked = sum(mesh.process(image).multi_face_landmarks is not None for image in images[WARM_FRAMES:])
    count = len(images) - WARM_FRAMES
    spent = 1000 * (cpu_seconds() - begun) / count
    return {"loop_ms": spent, "frames": count, "tracked": tracked / count, "version": mediapipe.__version__}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(face_loop(sys.argv[1])))
