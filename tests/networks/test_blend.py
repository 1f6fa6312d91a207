import torch

from unmask.networks.blend import FROZEN_LAYERS, MASK_SIDE, SIDE, BlendNetwork


def network() -> BlendNetwork:
    torch.manual_seed(1)
    return BlendNetwork()


def pictures(count: int = 2) -> torch.Tensor:
    return torch.rand(count, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(2))


def test_a_picture_gets_one_total_and_one_for_each_square() -> None:
    judge = network()
    judge.learning(learns=False)
    with torch.inference_mode():
        totals, places = judge(pictures())
    assert totals.shape == (2,)
    assert places.shape == (2, MASK_SIDE, MASK_SIDE)


def test_a_square_answers_for_its_own_place() -> None:
    judge = network()
    judge.learning(learns=False)
    changed = pictures(1).clone()
    changed[..., :40, :40] = 1 - changed[..., :40, :40]
    with torch.inference_mode():
        difference = (judge(pictures(1))[1] - judge(changed)[1]).abs()[0]
    assert difference[:5, :5].mean() > 3 * difference[-5:, -5:].mean()


def test_the_first_layers_and_the_usual_sizes_of_maps_are_not_trained() -> None:
    learner = network()
    learner.learning(learns=True)
    kept = {name: value.clone() for name, value in learner.state_dict().items() if "running" in name}
    totals, _ = learner(pictures())
    torch.autograd.backward(totals.sum())
    layers = list(learner.trunk.features)
    assert all(weight.grad is None for layer in layers[:FROZEN_LAYERS] for weight in layer.parameters())
    assert all(weight.grad is not None for weight in layers[FROZEN_LAYERS].parameters())
    assert all(torch.equal(value, learner.state_dict()[name]) for name, value in kept.items())
