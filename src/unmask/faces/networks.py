"""A TFLite network as a function: array in, arrays out."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from jaxtyping import Float32

from unmask.weights import weight_path

Input = Float32[np.ndarray, "1 height width 3"]


class Network:
    """One network on one thread.

    Args:
        weight: Name of the weight file, see ``unmask.weights``.

    Raises:
        MissingComponent: The weight is missing or altered.
    """

    def __init__(self, weight: str) -> None:
        with _silent_stderr():
            self._interpreter = Interpreter(str(weight_path(weight)), num_threads=1)
            self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = [output["index"] for output in self._interpreter.get_output_details()]

    def __call__(self, picture: Input) -> list[np.ndarray]:
        """Outputs of the network, in its own order."""
        self._interpreter.set_tensor(self._input, picture)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Nothing reaches stderr: LiteRT greets there from C++, below any logging that could be turned off."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@cache
def network(weight: str) -> Network:
    """The network of a weight, loaded once a process."""
    return Network(weight)
