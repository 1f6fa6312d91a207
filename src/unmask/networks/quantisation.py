"""A network of an ONNX file in numbers of 8 bits.

Reference:
    Jacob et al., Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, CVPR 2018.
"""

import logging
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from unmask.errors import MissingComponent

IN_BITS = ("Conv", "Add", "Clip")
"""What is computed in 8 bits; the rest, which reads the maps, stays as it is and costs next to nothing."""


def write_int8(network: Path, examples: Iterable[Mapping[str, np.ndarray]], destination: Path) -> None:
    """Write a network with weights and maps of 8 bits, their ranges read from examples.

    Args:
        network: An ONNX file.
        examples: Inputs by name, as the network will meet them.
        destination: Where to.

    Raises:
        MissingComponent: The package onnx is not installed.
    """
    try:
        from onnxruntime import quantization  # noqa: PLC0415 # it needs onnx, which an extra brings
    except ImportError as error:
        raise MissingComponent("Numbers of 8 bits need onnx; install it with: pip install 'unmask[lab]'.") from error

    class Examples(quantization.CalibrationDataReader):  # type: ignore[misc] # the package has no type information
        """The examples, one at a time."""

        def __init__(self) -> None:
            self._left = iter(examples)

        def get_next(self) -> dict[str, np.ndarray] | None:
            """The next one, None after the last."""
            following = next(self._left, None)
            return None if following is None else dict(following)

    with _quiet():
        quantization.quantize_static(
            str(network),
            str(destination),
            Examples(),
            quant_format=quantization.QuantFormat.QDQ,
            op_types_to_quantize=list(IN_BITS),
            per_channel=True,
            weight_type=quantization.QuantType.QInt8,
            activation_type=quantization.QuantType.QUInt8,
            calibrate_method=quantization.CalibrationMethod.MinMax,
        )


@contextmanager
def _quiet() -> Generator[None]:
    """The library recommends preparations through the root logger, which is not its own."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
