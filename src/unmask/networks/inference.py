"""A trained network in an ONNX file, as a function on arrays; no PyTorch is needed to run it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from unmask.errors import UsageError
from unmask.weights import weight_path


class OnnxNetwork:
    """One network on one thread, without busy waiting.

    Args:
        path: An ONNX file.
        name: Its name in messages, that of the path when None.

    Attributes:
        inputs: Shape of each input by its name; a size that is free has a name, or None.
        outputs: Likewise of each output.

    Raises:
        UsageError: The file is no ONNX network that can be run here.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        import onnxruntime  # noqa: PLC0415 # slow to load; listing detectors must not wait for it

        self._name = name or path.name
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except _failures() as error:
            raise UsageError(f"'{self._name}' is no ONNX network that can be run here: {_reason(error)}.") from error
        self.inputs: dict[str, list[int | str | None]] = {one.name: one.shape for one in self._session.get_inputs()}
        self.outputs: dict[str, list[int | str | None]] = {one.name: one.shape for one in self._session.get_outputs()}

    def __call__(self, inputs: Mapping[str, np.ndarray]) -> list[Any]:
        """Outputs in their own order, for inputs by name.

        Raises:
            UsageError: The network takes other inputs, or breaks on these.
        """
        try:
            return list(self._session.run(None, dict(inputs)))
        except _failures() as error:
            raise UsageError(f"'{self._name}' does not run on what it was given: {_reason(error)}.") from error


def _failures() -> tuple[type[Exception], ...]:
    """What ONNX Runtime raises; its own exceptions share no base that is narrower than all."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state  # noqa: PLC0415 # as above

    names = ("EPFail", "Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NoSuchFile", "NotImplemented")
    return (*(getattr(state, name) for name in (*names, "RuntimeException")), TypeError, ValueError)


def _reason(error: Exception) -> str:
    """The last part of what the library says, which is the part about the file."""
    return str(error).strip().rsplit(" : ", 1)[-1].splitlines()[0].rstrip(".")


@cache
def onnx_network(weight: str) -> OnnxNetwork:
    """The network of a weight that comes with the package, loaded once a process.

    Raises:
        MissingComponent: The weight is missing or altered.
    """
    return OnnxNetwork(weight_path(weight))
