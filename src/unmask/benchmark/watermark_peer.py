"""invisible-watermark's dwtDctSvd over pictures, run by a Python that has it: ``python watermark_peer.py``.

Stands alone, since that Python has no unmask. Loads the one module that is needed, because the package itself imports
torch for another method. Reads requests from stdin, a JSON object a line, and answers each with one:

    {"do": "mark", "pictures": "in.npy", "marked": "out.npy", "bits": [0, 1, …]}   → {"cpu_ms": a picture}
    {"do": "read", "pictures": "in.npy", "length": 64}                             → {"bits": [[…], …], "cpu_ms": …}

Pictures are RGB, ``frames height width 3``. Times are processor time, all threads together. The first line tells the version.
"""

import importlib.util
import json
import resource
import sys
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np

PACKAGE, MODULE = "imwatermark", "dwtDctSvd.py"


def method() -> ModuleType:
    """The module with the method, without its package."""
    package = importlib.util.find_spec(PACKAGE)
    if package is None or not package.submodule_search_locations:
        sys.exit("This Python has no invisible-watermark.")
    place = Path(package.submodule_search_locations[0]) / MODULE
    spec = importlib.util.spec_from_file_location("dwt_dct_svd", place)
    if spec is None or spec.loader is None:
        sys.exit(f"invisible-watermark has no {MODULE}.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cpu_seconds() -> float:
    """Processor time of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def answer(request: dict[str, Any], module: ModuleType) -> dict[str, Any]:
    """Mark or read the pictures of a request."""
    pictures = np.load(request["pictures"], allow_pickle=False)
    blue_first = [cv2.cvtColor(picture, cv2.COLOR_RGB2BGR) for picture in pictures]
    begun = cpu_seconds()
    if request["do"] == "mark":
        coder = module.EmbedDwtDctSvd(request["bits"], wmLen=len(request["bits"]))
        marked = [coder.encode(picture) for picture in blue_first]
        told: dict[str, Any] = {}
    else:
        coder = module.EmbedDwtDctSvd([], wmLen=request["length"])
        told = {"bits": [[int(bit) for bit in coder.decode(picture)] for picture in blue_first]}
    told["cpu_ms"] = 1000 * (cpu_seconds() - begun) / len(pictures)
    if request["do"] == "mark":
        np.save(request["marked"], np.stack([cv2.cvtColor(picture, cv2.COLOR_BGR2RGB) for picture in marked]))
    return told


def main() -> None:
    """Answer requests until there are no more."""
    module = method()
    sys.stdout.write(json.dumps({"version": version("invisible-watermark")}) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line), module)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
