"""A mask inside a network: against hooks and PyTorch's own layers; the network comes back untouched; MC dropout."""

from __future__ import annotations

import copy
import threading

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnviz import capture, models
from cnnviz.records import Activations
from cnnviz.topics.dropout import network, tail


class Small(nn.Module):
    """A branch, an addition, a concatenation, an in-place ReLU, a dropout layer and two linear ones."""

    drop: nn.Dropout
    last: nn.Linear

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 6, 3, padding=1)
        self.relu, self.norm, self.pool = nn.ReLU(inplace=True), nn.BatchNorm2d(6), nn.AdaptiveAvgPool2d(2)
        self.drop, self.hidden, self.last = nn.Dropout(0.4), nn.Linear(48, 20), nn.Linear(20, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.norm(self.first(x)))
        y = self.second(x) + x
        x = torch.flatten(self.pool(torch.cat([x, y], 1)), 1)
        return self.last(self.drop(torch.tanh(self.hidden(x))))


class Branching(nn.Module):
    """Cannot be traced: what it does depends on the values."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Conv2d(3, 4, 3), nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x)
        if x.sum() > 1e9:
            x = x * 2
        return self.last(x.mean((2, 3)))


@pytest.fixture
def small() -> Small:
    torch.manual_seed(0)
    return Small().eval()


X = torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(1))


def state(model: nn.Module) -> tuple[object, ...]:
    values = {name: value.clone() for name, value in model.state_dict().items()}
    hooks = [(len(m._forward_hooks), len(m._forward_pre_hooks), m.training) for m in model.modules()]
    return values, hooks, [p.grad is None for p in model.parameters()]


def unchanged(before: tuple[object, ...], model: nn.Module) -> None:
    after = state(model)
    assert before[1:] == after[1:]
    assert all(torch.equal(value, after[0][name]) for name, value in before[0].items())  # type: ignore[attr-defined,index]


def by_hand(model: nn.Module, path: str, factor: np.ndarray) -> np.ndarray:
    """Logits of a copy whose module multiplies its output, one mask at a time."""
    own = copy.deepcopy(model).eval()
    own.get_submodule(path).register_forward_hook(lambda m, i, output: output * torch.from_numpy(factor))
    with torch.no_grad():
        return own(X)[0].numpy()


# ------------------------------------------------------------------------------------------------ the tail
@pytest.mark.parametrize("key", ["first", "norm", "relu", "second", "pool", "hidden", "drop", "last"])
def test_a_masked_layer_gives_what_the_network_gives_with_a_hook(small: Small, key: str) -> None:
    recording = capture.activations(small, X)
    random = np.random.default_rng(0)
    factors = (random.random((3, *recording[key].shape)) > 0.5).astype(np.float32) * 2
    factors[0] = 1
    found = tail.by_graph(small, recording, key, factors, "")
    assert found is not None
    for row in range(3):
        np.testing.assert_allclose(found.logits[row], by_hand(small, key, factors[row]), atol=1e-5)


@pytest.mark.parametrize("key", ["input", "add", "cat", "flatten", "tanh"])
def test_what_is_no_module_can_be_masked_too(small: Small, key: str) -> None:
    recording = capture.activations(small, X)
    found = network.disturb(small, recording, key, probabilities=(0.5, 1.0), seed=1)
    assert found.difference < 1e-5
    assert found.twice is None
    assert np.abs(found.masked_logits - recording.logits).max() > 1e-3


def test_a_masked_addition_is_what_follows_it() -> None:
    """The definition: y = relu path + shortcut, masked, goes through what follows, by hand."""
    torch.manual_seed(0)
    model = Small().eval()
    recording = capture.activations(model, X)
    found = network.disturb(model, recording, "tanh", probabilities=(0.3,), seed=2)
    assert found.next_key == "last"
    m = (found.uniform >= 0.3) / 0.7
    expected = recording["tanh"].values * m @ model.last.weight.detach().numpy().T + model.last.bias.detach().numpy()
    np.testing.assert_allclose(found.masked_logits[0], expected, atol=1e-5)
    np.testing.assert_allclose(found.masked_following[0], expected, atol=1e-5)


def test_the_networks_own_dropout_layer_in_training_mode_is_this_mask(small: Small) -> None:
    recording = capture.activations(small, X)
    own = copy.deepcopy(small).eval()
    seen: list[torch.Tensor] = []
    own.drop.train()
    own.drop.register_forward_hook(lambda m, i, o: seen.append(o / i[0]))
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        theirs = own(X)[0].numpy()
    factors = np.stack([np.ones(20, np.float32), seen[0][0].numpy()])
    assert set(np.unique(factors[1].round(5)).tolist()) == {0.0, np.float32(1 / 0.6).round(5)}
    np.testing.assert_allclose(network.run(small, recording, "drop", factors).logits[1], theirs, atol=1e-5)


def test_no_mask_changes_nothing_and_p_1_leaves_the_biases(small: Small) -> None:
    recording = capture.activations(small, X)
    found = network.disturb(small, recording, "drop", probabilities=(0.0, 1.0))
    np.testing.assert_allclose(found.masked_logits[0], recording.logits, atol=1e-5)
    np.testing.assert_allclose(found.masked_logits[1], small.last.bias.detach().numpy(), atol=1e-6)
    assert found.shift[0] < 1e-6
    assert found.twice is not None
    assert found.twice < 1e-5


def test_whole_channels(small: Small) -> None:
    recording = capture.activations(small, X)
    found = network.disturb(small, recording, "relu", channelwise=True, probabilities=(0.5,), seed=4)
    assert found.uniform.shape == (6,)
    factor = np.broadcast_to(((found.uniform >= 0.5) * 2.0)[:, None, None], (6, 8, 8)).astype(np.float32)
    np.testing.assert_allclose(found.masked_logits[0], by_hand(small, "relu", factor), atol=1e-5)


@pytest.mark.parametrize("name", ["lenet5", "resnet20", "vgg_cifar", "squeezenet1_1", "fc2layer"])
def test_real_networks_run_on_from_any_layer(name: str) -> None:
    model, spec = models.build(name), models.spec(name)
    shape = spec.input_shape if spec.input_shape[1] < 100 else (3, 64, 64)
    recording = capture.activations(model, torch.randn(1, *shape, generator=torch.Generator().manual_seed(0)))
    before = state(model)
    keys = recording.keys
    for key in {keys[0], keys[len(keys) // 4], keys[len(keys) // 2], network.before_the_last(recording)}:
        found = network.disturb(model, recording, key, probabilities=(0.5,), seed=0)
        assert found.difference <= 1e-3 * max(1, np.abs(recording.logits).max()), key
        assert found.twice is None or found.twice <= 1e-3 * max(1, np.abs(recording.logits).max()), key
    unchanged(before, model)


def test_a_network_that_branches_on_the_data_runs_on() -> None:
    torch.manual_seed(0)
    model = Branching().eval()
    recording = capture.activations(model, X)
    before = state(model)
    found = network.disturb(model, recording, "first", probabilities=(0.5,), seed=1)
    factor = (found.uniform >= 0.5).astype(np.float32) * 2
    np.testing.assert_allclose(found.masked_logits[0], by_hand(model, "first", factor), atol=1e-5)
    unchanged(before, model)
    with pytest.raises(network.TailError, match="choose a layer that is one"):
        tail.by_hook(model, recording, "input", np.ones((2, *X.shape[1:]), np.float32), "last")
    unchanged(before, model)


def test_the_model_comes_back_after_an_exception(small: Small) -> None:
    recording = capture.activations(small, X)
    before = state(small)
    with pytest.raises(network.TailError, match="Nothing follows"):
        network.disturb(small, recording, "last")
    with pytest.raises(KeyError):
        network.disturb(small, recording, "no such layer")
    with pytest.raises(RuntimeError):
        tail.by_hook(small, recording, "first", np.ones((2, 5, 8, 8), np.float32), "")
    unchanged(before, small)


def test_a_model_in_training_mode_is_given_back_in_training_mode(small: Small) -> None:
    recording = capture.activations(small, X)
    small.train()
    before = state(small)
    found = network.disturb(small, recording, "relu", probabilities=(0.5,))
    assert found.difference < 1e-5
    unchanged(before, small)


def test_two_threads_at_once(small: Small) -> None:
    recording = capture.activations(small, X)
    truth = {seed: network.disturb(small, recording, "relu", probabilities=(0.5,), seed=seed) for seed in range(4)}
    wrong: list[int] = []

    def work(seed: int) -> None:
        for _ in range(5):
            found = network.disturb(small, recording, "relu", probabilities=(0.5,), seed=seed)
            if not np.allclose(found.masked_logits, truth[seed].masked_logits, atol=1e-5) or (found.twice or 0) > 1e-4:
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# ------------------------------------------------------------------------------------------------ which layers
def test_followers_and_the_cheapest_place(small: Small) -> None:
    recording = capture.activations(small, X)
    assert network.followers(recording, "relu")[0] == "second"
    assert set(network.followers(recording, "relu")) >= {"add", "cat", "pool", "flatten", "hidden", "last"}
    assert "first" not in network.followers(recording, "relu")
    assert network.followers(recording, "last") == ()
    assert network.before_the_last(recording) == "drop"


def test_own_dropout_layers() -> None:
    assert [(item.name, item.p) for item in network.own(models.build("efficientnet_lite0"))] == [("dropout", 0.2)]
    assert [item.p for item in network.own(models.build("alexnet"))] == [0.5, 0.5]
    assert network.own(models.build("resnet20")) == ()
    assert network.own(nn.Sequential(nn.Dropout(0.0))) == ()


# ------------------------------------------------------------------------------------------------ MC dropout
def untrained(recording: Activations) -> np.ndarray:
    return F.softmax(torch.from_numpy(recording.logits.copy()).double(), 0).numpy()


def test_a_hundred_masks_are_what_a_hundred_passes_give(small: Small) -> None:
    recording = capture.activations(small, X)
    found = network.monte_carlo(small, recording, "drop", 0.4, passes=100, seed=6)
    numbers = np.random.default_rng(6).random((100, 20), dtype=np.float32)
    with torch.no_grad():
        masks = torch.from_numpy((numbers >= 0.4) / 0.6).float()
        truth = small.last(torch.from_numpy(recording["drop"].values.copy()) * masks).double().softmax(1).numpy()
    np.testing.assert_allclose(found.samples, truth, atol=1e-5)
    np.testing.assert_allclose(found.mean, truth.mean(0), atol=1e-5)
    np.testing.assert_allclose(found.std, truth.std(0, ddof=1), atol=1e-5)
    np.testing.assert_allclose(found.plain, untrained(recording), atol=1e-6)
    assert found.entropy == pytest.approx(-(truth.mean(0) * np.log(truth.mean(0))).sum(), abs=1e-5)
    assert found.disagreement == pytest.approx(found.entropy - np.mean(-(truth * np.log(truth)).sum(1)), abs=1e-5)
    assert found.disagreement > 0
    assert (found.winners == truth.argmax(1)).all()


def test_batches_and_progress(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = capture.activations(small, X)
    whole = network.monte_carlo(small, recording, "relu", 0.5, passes=20, seed=1)
    monkeypatch.setattr(network, "_at_a_time", lambda recording, key: 7)
    shares: list[float] = []
    parts = network.monte_carlo(small, recording, "relu", 0.5, passes=20, seed=1, progress=shares.append)
    np.testing.assert_allclose(parts.samples, whole.samples, atol=1e-5)
    assert shares == [7 / 20, 14 / 20, 1.0]


@pytest.mark.parametrize(("p", "spread"), [(0.0, False), (0.5, True), (1.0, False)])
def test_at_the_ends_nothing_scatters(small: Small, p: float, spread: bool) -> None:
    found = network.monte_carlo(small, capture.activations(small, X), "drop", p, passes=30)
    assert (found.std.max() > 1e-4) == spread
    assert (found.disagreement > 1e-6) == spread


def test_entropy_of_what_is_known() -> None:
    assert network.entropy(np.array([1.0, 0.0])) == 0
    assert network.entropy(np.full(8, 1 / 8)) == pytest.approx(np.log(8))
