import pytest
import torch

from unmask.errors import UsageError
from unmask.networks.blend import MASK_SIDE, SIDE, TRUNKS, BlendNetwork, Net
from unmask.networks.mobilenet import MobileNet


def network(net: Net = "mobilenet16") -> BlendNetwork:
    torch.manual_seed(1)
    return BlendNetwork(net)


def pictures(count: int = 2) -> torch.Tensor:
    return torch.rand(count, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("net", TRUNKS)
def test_a_picture_gets_one_total_and_one_for_each_square(net: Net) -> None:
    judge = network(net)
    judge.learning(learns=False)
    with torch.inference_mode():
        totals, places = judge(pictures())
    assert totals.shape == (2,)
    assert places.shape == (2, MASK_SIDE, MASK_SIDE)


@pytest.mark.parametrize("net", TRUNKS)
def test_a_square_answers_for_its_own_place(net: Net) -> None:
    judge = network(net)
    judge.learning(learns=False)
    changed = pictures(1).clone()
    changed[..., :40, :40] = 1 - changed[..., :40, :40]
    with torch.inference_mode():
        difference = (judge(pictures(1))[1] - judge(changed)[1]).abs()[0]
    assert difference[:5, :5].mean() > 3 * difference[-5:, -5:].mean()


def test_a_trunk_that_goes_further_sees_more_and_stays_small() -> None:
    nets: tuple[Net, ...] = ("residual16", "mobilenet16", "mobilenet32")
    sizes = [sum(weight.numel() for weight in network(net).parameters()) for net in nets]
    assert 0.2e6 < sizes[0] < sizes[1] < sizes[2] < 6e6


@pytest.mark.parametrize("net", TRUNKS)
def test_the_first_layers_and_the_usual_sizes_of_maps_are_not_trained(net: Net) -> None:
    learner, frozen = network(net), TRUNKS[net].frozen
    learner.learning(learns=True)
    kept = {name: value.clone() for name, value in learner.state_dict().items() if "running" in name}
    totals, _ = learner(pictures())
    torch.autograd.backward(totals.sum())
    layers = list(learner.trunk.features)
    assert all(weight.grad is None for layer in layers[:frozen] for weight in layer.parameters())
    assert all(weight.grad is not None for weight in layers[frozen].parameters())
    assert all(torch.equal(value, learner.state_dict()[name]) for name, value in kept.items())


def test_what_is_no_mobilenet_takes_no_weights_of_one() -> None:
    with pytest.raises(UsageError, match="begins from chance"):
        network("residual16").begin_from(MobileNet().state_dict())
