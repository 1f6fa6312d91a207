from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from unmask.errors import UsageError
from unmask.networks.inference import OnnxNetwork


def doubling(folder: Path) -> Path:
    """A network that adds its input to itself."""
    sizes: list[str | int | None] = ["count", 2]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, sizes) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Add", ["x", "x"], ["y"])], "doubling", ends[:1], ends[1:])
    path = folder / "doubling.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), str(path))
    return path


def test_a_network_is_a_function_on_arrays(tmp_path: Path) -> None:
    network = OnnxNetwork(doubling(tmp_path))
    assert network.inputs == {"x": ["count", 2]}
    assert network.outputs == {"y": ["count", 2]}
    (doubled,) = network({"x": np.array([[1.0, 2.0]], np.float32)})
    assert doubled.tolist() == [[2.0, 4.0]]


def test_a_file_that_is_no_network_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "photo.onnx"
    path.write_bytes(b"nonsense" * 50)
    with pytest.raises(UsageError, match=r"^'photo\.onnx' is no ONNX network that can be run here: [^\n]*\.$"):
        OnnxNetwork(path)


def test_inputs_that_do_not_fit_are_refused_in_one_sentence(tmp_path: Path) -> None:
    network = OnnxNetwork(doubling(tmp_path), "mine.onnx")
    with pytest.raises(UsageError, match=r"^'mine\.onnx' does not run on what it was given: [^\n]*\.$"):
        network({"x": np.ones((1, 3), np.float32)})
