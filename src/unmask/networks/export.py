"""A network of torch as an ONNX file, and how far apart the two are."""

import warnings
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import jaxtyping
import numpy as np
import torch
from torch import Tensor, nn

from unmask.networks.inference import OnnxNetwork

OPSET = 17
MOST_APART = 1e-3
"""A written file may differ from its network by this much."""


def write_graph(network: nn.Module, inputs: Mapping[str, Tensor], outputs: Sequence[str], path: Path) -> None:
    """Write a network as it computes, with sizes as they are in the inputs.

    Args:
        network: With its weights, on the processor, set to judge.
        inputs: An example of each input by its name, in the order in which the network takes them.
        outputs: Names of what it gives.
        path: Where to.
    """
    with _traced():
        torch.onnx.export(
            network,
            tuple(inputs.values()),
            path,
            dynamo=False,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=list(outputs),
        )


def apart(network: nn.Module, inputs: Mapping[str, Tensor], path: Path) -> float:
    """The largest difference between what torch and what ONNX Runtime give; endless where one gives no numbers."""
    with torch.inference_mode():
        given = network(*inputs.values())
    wanted = [given] if isinstance(given, Tensor) else list(given)
    got = OnnxNetwork(path)({name: example.numpy() for name, example in inputs.items()})
    far = max(float(np.abs(one.numpy() - other).max()) for one, other in zip(wanted, got, strict=True))
    return far if np.isfinite(far) else float("inf")


@contextmanager
def _traced() -> Generator[None]:
    """While a network is traced: its sizes are tensors, which no check of shapes can read.

    The exporter is the older one, which says so: the newer takes twenty times as long for the same graph.
    """
    unchecked = jaxtyping.config.jaxtyping_disable
    jaxtyping.config.update("jaxtyping_disable", True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        jaxtyping.config.update("jaxtyping_disable", unchecked)
