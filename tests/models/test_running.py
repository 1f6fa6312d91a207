from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.models.drawn import SIDE, Shape, write_card, write_network
from unmask.errors import UsageError
from unmask.faces.align import CROP_SIDE
from unmask.models.card import read_card
from unmask.models.running import open_network


def level(value: int) -> np.ndarray:
    return np.full((CROP_SIDE, CROP_SIDE, 3), value, np.uint8)


def test_a_network_is_a_function_from_a_crop_to_log_odds(tmp_path: Path) -> None:
    ask = open_network(write_network(tmp_path / "n.onnx"), read_card(write_card(tmp_path / "c.toml")), "n.onnx")
    assert ask(level(255)) == pytest.approx(5.0, abs=1e-4)
    assert ask(level(0)) == pytest.approx(-5.0, abs=1e-4)


def test_the_size_of_the_card_holds_where_the_network_leaves_it_open(tmp_path: Path) -> None:
    network = write_network(tmp_path / "n.onnx", shape=(1, 3, "height", "width"))
    card = write_card(tmp_path / "c.toml", ("[0, 1]", "[0, 1]\nside = 48"))
    assert open_network(network, read_card(card), "n.onnx")(level(255)) == pytest.approx(5.0, abs=1e-4)


def test_classes_are_read_by_their_index(tmp_path: Path) -> None:
    network = write_network(tmp_path / "n.onnx", classes=2, end="Softmax")
    for index, sign in ((0, -1), (1, 1)):
        card = write_card(tmp_path / "c.toml", ('"logit"', f'"softmax"\nindex = {index}'))
        assert open_network(network, read_card(card), "n.onnx")(level(255)) == pytest.approx(sign * 5.0, abs=1e-3)


@pytest.mark.parametrize(
    ("shape", "change", "told"),
    [
        (
            (1, 1, SIDE, SIDE),
            ("", ""),
            f"takes an input of shape [1, 1, {SIDE}, {SIDE}], its card describes [1, 3, {SIDE}, {SIDE}] (rgb, nchw)",
        ),
        ((1, SIDE, SIDE, 3), ("", ""), "takes an input of shape [1, 32, 32, 3], its card describes [1, 3, 32, 32]"),
        ((8, 3, SIDE, SIDE), ("", ""), "takes an input of shape [8, 3, 32, 32], its card describes [1, 3, 32, 32]"),
        ((1, 3, SIDE, 16), ("", ""), "takes an input of shape [1, 3, 32, 16]"),
        ((1, 30), ("", ""), "takes an input of shape [1, 30], its card describes [1, 3, any, any] (rgb, nchw)"),
        ((1, 3, "a", "b"), ("", ""), "takes pictures of any size; write 'input.side' into its card"),
        (
            (1, 3, SIDE, SIDE),
            ("[0, 1]", "[0, 1]\nside = 64"),
            "takes pictures of 32 pixels, its card gives 'input.side' as 64: shape [1, 3, 32, 32] against [1, 3, 64, 64]",
        ),
    ],
)
def test_a_network_that_takes_something_else_is_refused_with_both_shapes(
    tmp_path: Path, shape: Shape, change: tuple[str, str], told: str
) -> None:
    network = write_network(tmp_path / "n.onnx", shape=shape)
    with pytest.raises(UsageError) as caught:
        open_network(network, read_card(write_card(tmp_path / "c.toml", change)), "mine.onnx")
    assert str(caught.value).startswith(f"'mine.onnx' {told}")
    assert "\n" not in str(caught.value)


def test_answers_that_are_no_numbers_or_of_another_kind_are_refused(tmp_path: Path) -> None:
    card = read_card(write_card(tmp_path / "c.toml"))
    nan = write_network(tmp_path / "n.onnx", gain=float("nan"))
    with pytest.raises(UsageError, match=r"answers a blank picture with nan, which is no finite number; correct"):
        open_network(nan, card, "n.onnx")
    two = write_network(tmp_path / "n.onnx", classes=2)
    with pytest.raises(UsageError, match="with 2 numbers, which does not fit logit"):
        open_network(two, card, "n.onnx")
    chance = read_card(write_card(tmp_path / "c.toml", ('"logit"', '"probability"')))
    with pytest.raises(UsageError, match=r"with 19\.\d+, which is no probability"):
        open_network(write_network(tmp_path / "n.onnx", gain=1e4, middle=0.5), chance, "n.onnx")


def test_several_inputs_or_outputs_are_refused_by_their_names(tmp_path: Path) -> None:
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3, SIDE, SIDE]) for name in "abcd"]
    nodes = [helper.make_node("Add", ["a", "b"], ["c"]), helper.make_node("Sub", ["a", "b"], ["d"])]
    one_in = [helper.make_node("Abs", ["a"], ["c"]), helper.make_node("Neg", ["a"], ["d"])]
    card = read_card(write_card(tmp_path / "c.toml"))
    for given, inputs, told in ((nodes, ends[:2], r"has 2 inputs \(a, b\)"), (one_in, ends[:1], r"2 outputs \(c, d\)")):
        graph = helper.make_graph(given, "several", inputs, ends[2:])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
        onnx.save(model, str(tmp_path / "n.onnx"))
        with pytest.raises(UsageError, match=told):
            open_network(tmp_path / "n.onnx", card, "n.onnx")
