"""Images side by side in vectors: the same numbers as torch's, for any sizes, or no such way."""

from __future__ import annotations

import importlib.util
import platform
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from cnnviz import models, training
from cnnviz.records import Epoch, Step
from cnnviz.training import optimization, rewriting, simd_kernels
from cnnviz.training.simd_kernels import machine, stack
from cnnviz.training.simd_kernels.sizes import Machine

NETWORKS = {"net": (3, 32, 32), "cnn": (1, 28, 28), "lenet5": (1, 28, 28)}
MACHINES = [item for item in (machine.AVX512, machine.AVX2) if machine.host() in (item, machine.AVX512)]

pytestmark = pytest.mark.skipif(not MACHINES, reason="this processor has neither AVX-512 nor AVX2")


@pytest.fixture(params=MACHINES, ids=lambda item: f"{item.lanes} lanes")
def host(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr(machine, "host", lambda: request.param)
    return request.param


def opened(model: nn.Module, shape: tuple[int, int, int]) -> Callable[[Tensor], Tensor]:
    way = simd_kernels.forward(model, shape)
    assert way is not None
    return way


def gradients(model: nn.Module, way: Callable[[Tensor], Tensor], x: Tensor) -> list[Tensor]:
    out = way(x)
    loss = F.cross_entropy(out.flatten(1), torch.arange(len(x)) % out.flatten(1).shape[1])
    return [out.detach(), *torch.autograd.grad(loss, list(model.parameters()))]


def same(model: nn.Module, way: Callable[[Tensor], Tensor], x: Tensor) -> None:
    wanted = gradients(model, model, x)
    scale = max(float(item.abs().max()) for item in wanted)
    for one, two in zip(gradients(model, way, x), wanted, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-6 * scale)


# --------------------------------------------------------------------------------------------- the same numbers
@pytest.mark.parametrize("name", NETWORKS)
def test_outputs_and_gradients_are_torchs(name: str, host: Machine) -> None:
    shape = NETWORKS[name]
    model = models.build(name, input_shape=shape, classes=10).train()
    way = opened(model, shape)
    for count in (1, host.lanes, 2 * host.lanes + 5, 64):
        same(model, way, torch.randn(count, *shape, generator=torch.Generator().manual_seed(count)))


@st.composite
def chains(draw: st.DrawFn) -> tuple[nn.Module, tuple[int, int, int]]:
    """One to three blocks of any sizes that leave something to be pooled."""
    sides = [draw(st.integers(4, 15)), draw(st.integers(4, 15))]
    channels = first = draw(st.integers(1, 7))
    shape, layers = (first, *sides), list[nn.Module]()
    for _ in range(draw(st.integers(1, 3))):
        kernel = [draw(st.integers(1, min(5, side))) for side in sides]
        padding = [draw(st.integers(0, 2)) for _ in sides]
        after = [(side + 2 * pad - size + 1) // 2 for side, pad, size in zip(sides, padding, kernel, strict=True)]
        if min(after) < 1:
            break
        filters, bias = draw(st.integers(1, 13)), draw(st.booleans())
        layers += [nn.Conv2d(channels, filters, tuple(kernel), padding=tuple(padding), bias=bias), nn.ReLU()]
        layers += [nn.MaxPool2d(2)]
        sides, channels = after, filters
    return nn.Sequential(*layers, nn.Flatten()), shape


@settings(max_examples=25, deadline=None)
@given(chains(), st.integers(1, 40), st.sampled_from(MACHINES))
def test_any_sizes(chain: tuple[nn.Module, tuple[int, int, int]], count: int, host: Machine) -> None:
    model, shape = chain
    assume(len(model) > 1)
    chance = torch.Generator().manual_seed(count)
    for item in model.parameters():
        nn.init.normal_(item, std=0.3, generator=chance)
    x = torch.randn(count, *shape, generator=chance)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machine, "host", lambda: host)
        patch.setattr(rewriting, "agree", lambda *given: True)  # it is this test that compares
        same(model, opened(model.train(), shape), x)


def test_of_equal_positions_the_first_gets_the_gradient(host: Machine) -> None:
    """A black image: every window has four equal values, as torch and as ours tell them apart."""
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()).train()
    x = torch.zeros(3, 1, 8, 8)
    x[:, :, 0, 0] = 1  # seen by the first position of the first window alone
    nn.init.constant_(model[0].bias, 0.5)
    nn.init.zeros_(model[0].weight)
    same(model, opened(model, (1, 8, 8)), x)


def test_what_relu_answers_with_zero_has_no_gradient(host: Machine) -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()).train()
    way = opened(model, (1, 8, 8))
    nn.init.constant_(model[0].bias, -100)
    out, *found = gradients(model, way, torch.rand(4, 1, 8, 8))
    assert not out.any()
    assert not any(item.any() for item in found)


def test_not_a_number_goes_through(host: Machine) -> None:
    """A run that diverges must be seen to, wherever in a window it begins."""
    model = nn.Sequential(nn.Conv2d(1, 1, 1, bias=False), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()).train()
    way = opened(model, (1, 4, 4))
    nn.init.ones_(model[0].weight)
    for place in range(16):
        x = torch.ones(1, 1, 4, 4)
        x.view(-1)[place] = torch.nan
        assert torch.equal(way(x).isnan(), model(x).isnan())
        assert int(way(x).isnan().sum()) == 1


# --------------------------------------------------------------------------------------------- as torch's own operation
@pytest.fixture
def small() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(27, 4)).train()


def test_it_uses_the_models_own_parameters_and_leaves_them_alone() -> None:
    model = models.build("net", input_shape=(3, 32, 32), classes=10).train()
    before, state = {key: value.clone() for key, value in model.state_dict().items()}, torch.get_rng_state()
    way = opened(model, (3, 32, 32))
    assert isinstance(way, nn.Module)
    assert {id(item) for item in way.parameters()} == {id(item) for item in model.parameters()}
    assert all(item.grad is None for item in model.parameters())
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)


def test_passes_of_which_several_are_open_keep_their_own_maps(small: nn.Module) -> None:
    way, weight = opened(small, (1, 8, 8)), small[0].weight
    first, second = torch.rand(2, 20, 1, 8, 8).unbind()
    one, two = way(first).square().sum(), way(second).square().sum()
    found = [torch.autograd.grad(loss, weight)[0] for loss in (one, two)]
    wanted = [torch.autograd.grad(small(x).square().sum(), weight)[0] for x in (first, second)]
    torch.testing.assert_close(found, wanted)
    with torch.no_grad():
        torch.testing.assert_close(way(first), small(first))


def test_a_pass_leads_back_once(small: nn.Module) -> None:
    loss = opened(small, (1, 8, 8))(torch.rand(2, 1, 8, 8)).sum()
    loss.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="overwritten"):
        loss.backward()


def test_weights_that_were_changed_before_the_way_back_are_noticed(small: nn.Module) -> None:
    loss = opened(small, (1, 8, 8))(torch.rand(2, 1, 8, 8)).sum()
    with torch.no_grad():
        small[0].weight.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_frozen_parameters_get_no_gradient(small: nn.Module) -> None:
    small[0].weight.requires_grad_(False)
    opened(small, (1, 8, 8))(torch.rand(2, 1, 8, 8)).sum().backward()
    assert small[0].weight.grad is None
    assert small[0].bias.grad is not None


def test_pictures_that_want_a_gradient_get_it(small: nn.Module) -> None:
    x = torch.rand(2, 1, 8, 8, requires_grad=True)
    found, wanted = (torch.autograd.grad(way(x).square().sum(), x)[0] for way in (opened(small, (1, 8, 8)), small))
    torch.testing.assert_close(found, wanted)


def test_other_precisions_go_torchs_way(small: nn.Module) -> None:
    way, x = opened(small, (1, 8, 8)), torch.rand(2, 1, 8, 8)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(way(x), small(x))
    assert torch.equal(way.double()(x.double()), small.double()(x.double()))  # type: ignore[attr-defined]
    with pytest.raises(RuntimeError, match="should be the same"):
        way(x)  # torch's own answer to float32 images and float64 weights


def test_whatever_precision_is_the_default(small: nn.Module) -> None:
    way, x = opened(small, (1, 8, 8)), torch.rand(20, 1, 8, 8)
    torch.set_default_dtype(torch.float64)
    try:
        same(small, way, x)
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("shape", [(2, 1, 10, 9), (2, 1, 8, 7), (0, 1, 8, 8)])
def test_pictures_of_another_size_go_torchs_way(shape: tuple[int, ...]) -> None:
    model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(2)).train()
    way, x = opened(model, (1, 8, 8)), torch.rand(shape)
    assert torch.equal(way(x), model(x))


def test_other_layouts_are_read_as_they_lie() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()).train()
    way = opened(model, (3, 9, 9))
    model.to(memory_format=torch.channels_last)
    same(model, way, torch.rand(7, 3, 9, 9).to(memory_format=torch.channels_last))


# --------------------------------------------------------------------------------------------- threads
@pytest.fixture
def threads() -> object:
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


def test_any_number_of_threads_computes_the_same(threads: Callable[[int], None]) -> None:
    model, x = models.build("cnn", input_shape=(1, 28, 28), classes=10).train(), torch.rand(70, 1, 28, 28)
    found = []
    for count in (1, 2, 3, 8):
        threads(count)
        found.append(gradients(model, opened(model, (1, 28, 28)), x))
    for other in found[1:]:
        torch.testing.assert_close(other, found[0], rtol=1e-4, atol=1e-7)


def test_shares_are_whole_and_nobody_goes_without(threads: Callable[[int], None]) -> None:
    threads(3)
    for groups in range(1, 9):
        parts = machine.shares(groups)
        assert [begin for begin, _ in parts] == [0, *(end for _, end in parts[:-1])]
        assert parts[-1][1] == groups
        assert all(begin < end for begin, end in parts)


def test_one_thread_does_what_was_meant_for_several(
    threads: Callable[[int], None], monkeypatch: pytest.MonkeyPatch, small: nn.Module
) -> None:
    """As where OpenMP gives fewer threads than it was asked for."""
    threads(2)
    monkeypatch.setattr(machine.KernelTask, "run", _alone)
    way = opened(small, (1, 8, 8))
    same(small, way, torch.rand(64, 1, 8, 8))


def _alone(task: machine.KernelTask, function: machine.CompiledFunction) -> None:
    task._entries[0] = 0
    function.alone(task._here)


# --------------------------------------------------------------------------------------------- where it is not open
def chain(*changed: tuple[int, nn.Module]) -> nn.Module:
    layers = [nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(2, 2, 3), nn.ReLU(), nn.MaxPool2d(2)]
    for place, layer in changed:
        layers[place] = layer
    return nn.Sequential(*layers, nn.Flatten())


class Beside(nn.Module):
    """What comes out of the ReLU goes two ways."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.relu, self.pool = nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.conv(x))
        return self.pool(x).flatten(1).sum(1) + x.flatten(1).sum(1)


CLOSED = {
    "no convolution": nn.Sequential(nn.Flatten(), nn.Linear(256, 3)),
    "stride": chain((0, nn.Conv2d(1, 2, 3, stride=2))),
    "dilation": chain((3, nn.Conv2d(2, 2, 2, dilation=2))),
    "groups": chain((3, nn.Conv2d(2, 2, 3, groups=2))),
    "padding same": chain((0, nn.Conv2d(1, 2, 3, padding="same"))),
    "reflect": chain((0, nn.Conv2d(1, 2, 3, padding=1, padding_mode="reflect"))),
    "large kernel": chain((0, nn.Conv2d(1, 2, 8))),
    "tanh": chain((1, nn.Tanh())),
    "another relu": chain((4, nn.ReLU6())),
    "average": chain((2, nn.AvgPool2d(2))),
    "overlapping": chain((2, nn.MaxPool2d(3, 2))),
    "ceil": chain((5, nn.MaxPool2d(2, ceil_mode=True))),
    "last convolution unpooled": nn.Sequential(*list(chain())[:4], nn.Flatten()),
    "read twice": Beside(),
    "nothing left to pool": nn.Sequential(
        *chain()[:6], nn.Conv2d(2, 2, 1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(2, 2, 1), nn.ReLU(), nn.MaxPool2d(2)
    ),
}


@pytest.mark.parametrize("name", CLOSED)
def test_where_the_way_is_not_open_there_is_none(name: str) -> None:
    assert simd_kernels.forward(CLOSED[name].train(), (1, 16, 16)) is None


def test_the_plain_chain_is_open() -> None:
    assert simd_kernels.forward(chain().train(), (1, 16, 16)) is not None


def test_large_pictures_go_torchs_way() -> None:
    assert simd_kernels.forward(chain().train(), (1, 64, 64)) is not None
    assert simd_kernels.forward(chain().train(), (1, 1024, 1024)) is None


def test_without_llvmlite_or_on_other_processors_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        find = importlib.util.find_spec
        patch.setattr(importlib.util, "find_spec", lambda name: None if name == "llvmlite" else find(name))
        assert simd_kernels.forward(chain().train(), (1, 16, 16)) is None
    machine.host.cache_clear()
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert machine.host() is None
    assert simd_kernels.forward(chain().train(), (1, 16, 16)) is None
    machine.host.cache_clear()


def test_a_way_that_computes_something_else_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    real = stack.Room.backward
    monkeypatch.setattr(stack.Room, "backward", lambda self, gradient: real(self, gradient) * 1.01)
    assert simd_kernels.forward(chain().train(), (1, 16, 16)) is None


# --------------------------------------------------------------------------------------------- in a run
def test_a_run_says_the_same_either_way_and_twice_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    config = training.TrainConfig("digits", "lenet5", epochs=1, examples=320, momentum=0.9)
    runs = []
    for _ in range(2):
        runs.append([event for event in training.train(config, device="cpu") if isinstance(event, Step | Epoch)])
    monkeypatch.setattr(optimization, "narrow", lambda *given: None)
    plain = [event for event in training.train(config, device="cpu") if isinstance(event, Step | Epoch)]
    assert len(plain) == len(runs[0]) == 6
    for one, again, other in zip(*runs, plain, strict=True):
        if isinstance(one, Step) and isinstance(again, Step) and isinstance(other, Step):
            assert (one.loss, one.accuracy) == (again.loss, again.accuracy)
            assert one.loss == pytest.approx(other.loss, rel=1e-4)
        elif isinstance(one, Epoch) and isinstance(again, Epoch) and isinstance(other, Epoch):
            assert one.test_loss == again.test_loss
            assert one.test_accuracy == pytest.approx(other.test_accuracy, abs=0.01)
