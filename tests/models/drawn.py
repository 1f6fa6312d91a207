"""Tiny networks and their cards, made for a test."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Shape = Sequence[int | str | None]
SIDE = 32
CARD = """
name = "brightness"
question = "Is this face too bright?"
licence = "CC0-1.0"
source = "drawn for a test"

[input]
margin = 1.3
colour = "rgb"
layout = "nchw"
range = [0, 1]

[output]
kind = "logit"
"""


def write_network(
    path: Path,
    *,
    shape: Shape = ("count", 3, SIDE, SIDE),
    gain: float = 10.0,
    middle: float = 0.5,
    classes: int = 1,
    end: str | None = None,
) -> Path:
    """A network that answers (mean brightness − middle) × gain, once for each class with the sign turned.

    Args:
        path: Where to.
        shape: Of its input.
        gain: A number that is not finite makes its answers so.
        middle: Brightness, 0–1, that speaks neither way.
        classes: 2 for a logit against and one for a forgery.
        end: Name of an operator that comes last, such as ``Softmax``.
    """
    signs = np.array([[1.0]] if classes == 1 else [[-0.5, 0.5]], np.float32) * np.float32(gain)
    nodes = [
        helper.make_node("ReduceMean", ["picture"], ["mean"], axes=list(range(1, len(shape))), keepdims=0),
        helper.make_node("Sub", ["mean", "middle"], ["off"]),
        helper.make_node("Reshape", ["off", "column"], ["tall"]),
        helper.make_node("MatMul", ["tall", "signs"], ["answer" if end is None else "wide"]),
    ]
    if end is not None:
        nodes.append(helper.make_node(end, ["wide"], ["answer"]))
    constants = {"middle": np.float32(middle), "column": np.array([-1, 1], np.int64), "signs": signs}
    graph = helper.make_graph(
        nodes,
        "brightness",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, list(shape))],
        [helper.make_tensor_value_info("answer", TensorProto.FLOAT, [None, classes])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), str(path))
    return path


def write_card(path: Path, *changes: tuple[str, str]) -> Path:
    """The card, some of its words replaced."""
    text = CARD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path
