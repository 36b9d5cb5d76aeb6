"""A look inside: each number by another way, nothing of the network changed, and a watched run is the unwatched one."""

from __future__ import annotations

import copy
import dataclasses
import math
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz import models, run_files, training
from cnnviz.records import TrainConfig
from cnnviz.records.inside import BINS, Inside
from cnnviz.run_files import watching
from cnnviz.training import inside
from cnnviz.training.watching import LOOK_EVERY, PATIENCE, Watcher
from tests.support.clock import Clock

NETWORKS = {
    "lenet5": {}, "fc2layer": {}, "cnn": {}, "deep_cnn": {"depth": 3, "batch_norm": True}, "resnet20": {},
    "lenet5_1998": {},
}  # fmt: skip


def drawn(name: str) -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    """A network, images [16, 1, 28, 28] and labels from a seed."""
    rng = torch.Generator().manual_seed(3)
    model = models.build(name, seed=1, input_shape=(1, 28, 28), classes=10, **NETWORKS[name])
    return model, torch.randn(16, 1, 28, 28, generator=rng), torch.randint(0, 10, (16,), generator=rng)


@pytest.mark.parametrize("name", NETWORKS)
def test_norms_histograms_and_gradients_are_those_of_autograd(name: str) -> None:
    model, images, labels = drawn(name)
    found = inside.of(model, images, step=7, gradients=inside.gradients_of(model, images, labels))
    nn.functional.cross_entropy(model.eval()(images), labels).backward()
    for place, layer in enumerate(found.layers):
        own = dict(model.get_submodule(layer).named_parameters(recurse=False))
        together = torch.cat([one.detach().double().flatten() for one in own.values()])
        slopes = torch.cat([one.grad.double().flatten() for one in own.values() if one.grad is not None])
        assert found.weights[place] == pytest.approx(float(together.norm()), rel=1e-4)
        assert found.gradients[place] == pytest.approx(float(slopes.norm()), rel=1e-3)
        assert found.counts[0, place].sum() == together.numel()
        assert found.limits[0, place] == pytest.approx(float(together.abs().max()))
        edges = np.linspace(-found.limits[0, place], found.limits[0, place], BINS + 1)
        middle = int((together < edges[BINS // 2]).sum())
        assert found.counts[0, place, : BINS // 2].sum() == pytest.approx(middle, abs=1)
    assert np.isnan(found.updates).all()
    assert found.scores == pytest.approx(model(images[:1]).softmax(1)[0].detach().numpy(), abs=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_nothing_of_the_network_is_changed(name: str) -> None:
    model, images, labels = drawn(name)
    model.train()
    before = copy.deepcopy(model.state_dict())
    inside.of(model, images, step=0, gradients=inside.gradients_of(model, images, labels))
    assert all(torch.equal(one, before[key]) for key, one in model.state_dict().items())
    assert all(module.training for module in model.modules())
    assert all(one.grad is None for one in model.parameters())
    assert not any(module._forward_hooks for module in model.modules())


def test_a_dead_unit_is_one_that_is_zero_for_every_image() -> None:
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.relu1 = nn.Conv2d(1, 4, 3), nn.ReLU(inplace=True)
            self.fc, self.tanh = nn.Linear(4 * 26 * 26, 10), nn.Tanh()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.tanh(self.fc(self.relu1(self.conv(x)).flatten(1)))

    torch.manual_seed(0)
    model, images = Two().eval(), torch.randn(9, 1, 28, 28)
    with torch.no_grad():
        model.conv.bias[:3] -= torch.tensor([100.0, 100.0, 0.0])
        model.fc.weight *= 50
    found = inside.of(model, images, step=0, gradients={})
    assert found.activations == ("relu1", "tanh")
    assert found.dead[0] == pytest.approx(2 / 4)
    assert math.isnan(found.dead[1])
    assert math.isnan(found.saturated[0])
    with torch.no_grad():
        slopes = 1 - model(images).double() ** 2
    assert found.saturated[1] == pytest.approx(float((slopes < 0.1).double().mean()), abs=0.02)
    assert (found.maps[0][:2] == 0).all()
    assert (found.maps[0][2:] > 0).any()


class Functional(nn.Module):
    """Activations that no module hook sees: a function, in place, and one module that is called twice."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc, self.out = nn.Conv2d(1, 4, 3), nn.Linear(4 * 26 * 26, 6), nn.Linear(6, 10)
        self.squash = nn.Tanh()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = nn.functional.relu_(self.conv(x))
        x = self.squash(self.fc(x.flatten(1)))
        return self.squash(self.out(torch.sigmoid(100 * x).relu()))


def test_activations_that_are_functions_are_counted_like_modules() -> None:
    torch.manual_seed(0)
    model, images = Functional(), torch.randn(7, 1, 28, 28)
    with torch.no_grad():
        model.conv.bias[:1] -= 100.0
        conv = model.conv(images).relu()
        first = model.fc(conv.flatten(1)).tanh()
        gates = torch.sigmoid(100 * first)
    found = inside.of(model, images, step=0, gradients={})
    assert found.activations == ("relu", "squash", "sigmoid", "relu_1", "squash:1")
    assert found.dead[0] == pytest.approx(1 / 4)
    assert found.dead[3] == 0
    assert np.isnan(found.dead[[1, 2, 4]]).all()
    assert found.saturated[1] == pytest.approx(float((1 - first**2 < 0.1).float().mean()), abs=0.02)
    assert found.saturated[2] == pytest.approx(float((4 * gates * (1 - gates) < 0.1).float().mean()), abs=0.05)
    assert found.spread.sum(1) == pytest.approx(
        [int((one != 0).sum()) for one in (conv, first, gates, gates, found_last(model, images))]
    )
    assert found.reach[0] == pytest.approx(float(conv.max()))
    assert np.array_equal(found.maps[0], conv[0].numpy())


@pytest.mark.parametrize("frozen", [False, True])
def test_activations_gradients_are_the_chain_rule_s(frozen: bool) -> None:
    """Functions, in place, and one module that is called twice; by hand, each image's own loss."""
    torch.manual_seed(0)
    model, images, labels = Functional().train(), torch.randn(7, 1, 28, 28), torch.randint(0, 10, (7,))
    for parameter in [*model.parameters()][: -2 if frozen else 0]:
        parameter.requires_grad_(False)
    found = inside.of(model, images, step=0, gradients={}, told=(images, labels))
    free = lambda x: x.detach().requires_grad_()  # noqa: E731
    conv = free(model.conv(images).relu())
    first = free(model.fc(conv.flatten(1)).tanh())
    gates = free(torch.sigmoid(100 * first))
    rectified = free(gates.relu())
    last = free(model.out(rectified).tanh())
    (pull,) = torch.autograd.grad(nn.functional.cross_entropy(last, labels, reduction="sum"), last)
    expected = [pull]
    for made, source in (
        (model.out(rectified).tanh(), rectified), (gates.relu(), gates), (torch.sigmoid(100 * first), first),
        (model.fc(conv.flatten(1)).tanh(), conv),
    ):  # fmt: skip
        (pull,) = torch.autograd.grad(made, source, pull)
        expected.insert(0, pull)
    assert found.steepest == pytest.approx([float(one.abs().max()) for one in expected], rel=1e-4)
    assert found.slopes.sum(1) == pytest.approx([int((one != 0).sum()) for one in expected], abs=2)
    for counts, limit, one in zip(found.slopes, found.steepest, expected, strict=True):
        middle = int(((one < 0) & (one >= -limit)).sum())
        assert counts[: BINS // 2].sum() == pytest.approx(middle, abs=2)
    assert all(one.grad is None for one in model.parameters())
    assert all(module.training for module in model.modules())
    assert not inside.of(model, images, step=0, gradients={}).steepest.any(), "of no loss there is no gradient"


def found_last(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return model(images)


def test_running_statistics_are_read_off_the_normalisations() -> None:
    model, images, _ = drawn("deep_cnn")
    norms = {name: one for name, one in model.named_modules() if isinstance(one, nn.BatchNorm2d)}
    with torch.no_grad():
        for number, one in enumerate(norms.values()):
            one.running_mean.fill_(number + 0.5)
            one.running_var.fill_((number + 2.0) ** 2)
    found = inside.of(model, images, step=0, gradients={})
    assert found.norms == tuple(norms)
    assert found.means == pytest.approx([number + 0.5 for number in range(len(norms))])
    assert found.deviations == pytest.approx([number + 2.0 for number in range(len(norms))])


def test_a_linear_layer_on_all_pixels_shows_its_rows_as_images() -> None:
    model, images, labels = drawn("fc2layer")
    gradients = inside.gradients_of(model, images, labels)
    found = inside.of(model, images, step=0, gradients=gradients)
    assert found.kernels.shape == found.kernel_gradients.shape == (8, 1, 28, 28)
    assert np.array_equal(found.kernels[3].ravel(), model.get_parameter(f"{found.kernel_layer}.weight")[3].detach())


def test_it_travels_as_bytes_and_nothing_else_is_taken_for_it() -> None:
    model, images, labels = drawn("lenet5")
    found = inside.of(model, images, step=5, gradients=inside.gradients_of(model, images, labels))
    back = Inside.from_bytes(found.to_bytes())
    for item in dataclasses.fields(Inside):
        one, other = getattr(found, item.name), getattr(back, item.name)
        for a, b in zip(one, other, strict=True) if item.name == "maps" else [(one, other)]:
            assert np.array_equal(a, b, equal_nan=True) if isinstance(a, np.ndarray) else a == b
    whole = found.to_bytes()
    for broken in (b"", b"PK\x03\x04", whole[:-30], whole[: len(whole) // 2], b"\x93NUMPY"):
        with pytest.raises(ValueError, match="no look inside"):
            Inside.from_bytes(broken)


# ------------------------------------------------------------------------------------------------ while it trains
def events(config: TrainConfig, watcher: Watcher | None) -> tuple[list[tuple[float, ...]], training.Training]:
    run = training.train(config, onlooker=watcher)
    steps = [
        (event.step, event.loss, event.accuracy) for event in run if hasattr(event, "probes") and hasattr(event, "lr")
    ]
    return steps, run


@pytest.mark.parametrize("name", ["lenet5", "deep_cnn"])
def test_a_watched_run_is_the_unwatched_one_to_the_bit(name: str, tmp_path: Path) -> None:
    options = tuple(sorted(NETWORKS[name].items()))
    config = TrainConfig("digits", name, examples=256, lr=0.05, momentum=0.9, options=options)
    key = watching.watch(tmp_path, np.full((1, 28, 28), 0.3, np.float32))
    watcher = Watcher(tmp_path, every=0.0)
    looks: list[Inside] = []
    leave = watching.leave
    alone, plain = events(config, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watching, "leave", lambda folder, key, found: (looks.append(found), leave(folder, key, found)))
        patch.setattr("cnnviz.training.watching.SHARE", 0)
        patch.setattr("cnnviz.training.watching.LOOK_EVERY", 0.0)
        patch.setattr("cnnviz.training.watching.PATIENCE", 1e9)
        watched, seen = events(config, watcher)
    assert watched == alone
    assert all(torch.equal(a, b) for a, b in zip(plain.model.parameters(), seen.model.parameters(), strict=True))
    assert len(looks) == len(alone)
    assert watching.last(tmp_path, key).step == len(alone)
    ratios = looks[0].updates / looks[0].gradients  # plain SGD's first step is lr × gradient
    assert ratios == pytest.approx(np.full(len(ratios), config.lr), rel=2e-2)
    with torch.no_grad():
        image = torch.full((1, 1, 28, 28), 0.3)
        assert looks[-1].scores == pytest.approx(seen.model.eval()(image).softmax(1)[0].numpy(), abs=2e-3)


def test_each_watcher_sees_their_own_image_and_the_run_is_the_unwatched_one(tmp_path: Path) -> None:
    """Two browsers with two images, and one without: maps and scores differ, everything else is one measurement."""
    config = TrainConfig("digits", "lenet5", examples=128, lr=0.05)
    drawn = np.random.default_rng(0).normal(size=(2, 1, 28, 28)).astype(np.float32)
    keys = [watching.watch(tmp_path, picture) for picture in (*drawn, None, drawn[0])]
    assert keys[0] == keys[3]
    assert len(set(keys)) == 3
    alone, _ = events(config, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cnnviz.training.watching.SHARE", 0)
        patch.setattr("cnnviz.training.watching.LOOK_EVERY", 0.0)
        patch.setattr("cnnviz.training.watching.PATIENCE", 1e9)
        watched, seen = events(config, Watcher(tmp_path, every=0.0))
    assert watched == alone
    looks = [watching.last(tmp_path, key) for key in keys[:3]]
    tested = seen.test_images(1)
    for look, image in zip(looks, (*torch.from_numpy(drawn)[:, None], tested), strict=True):
        assert look is not None
        with torch.no_grad():
            assert look.scores == pytest.approx(seen.model.eval()(image).softmax(1)[0].numpy(), abs=1e-5)
        assert np.array_equal(look.counts, looks[0].counts)
    assert not np.array_equal(looks[0].maps[0], looks[1].maps[0])


def test_more_watchers_than_fit_a_look_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnviz.training.watching.MOST", 2)
    watcher = Watcher(tmp_path)
    keys = {watching.watch(tmp_path, np.full((1, 2, 2), value, np.float32)) for value in range(5)}
    looked: list[str] = []
    for step in range(3):
        watcher._next_check = 0.0
        assert watcher.due()
        assert len(watcher._keys) == 2
        watcher._looked |= dict.fromkeys(watcher._keys, step)
        looked += watcher._keys
    assert set(looked) == keys


def test_an_image_that_nobody_looks_at_any_more_is_removed(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path)
    old = watching.watch(tmp_path, np.zeros((1, 2, 2), np.float32))
    assert watcher.due()
    os.utime(tmp_path / run_files.WATCHED / f"{old}.npy", (1000, 1000))
    new = watching.watch(tmp_path, None)
    assert list(watching.watchers(tmp_path)) == [new]
    watcher._next_check = 0.0
    assert watcher.due()
    assert watcher._keys == [new]


def test_nobody_watching_costs_no_look_and_a_watcher_who_left_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock().of(monkeypatch, "cnnviz.training.watching")
    watcher = Watcher(tmp_path)
    assert not watcher.due()
    watching.watch(tmp_path, None)
    assert not watcher.due(), "it looked a moment ago"
    clock.forward(LOOK_EVERY)
    assert watcher.due()
    clock.forward(PATIENCE)
    assert not watcher.due()
    watching.watch(tmp_path, None)  # touched again
    clock.forward(LOOK_EVERY)
    assert watcher.due()


def test_what_lies_there_instead_of_an_image_is_no_image(tmp_path: Path) -> None:
    key = watching.watch(tmp_path, np.full((1, 2, 2), np.nan, np.float32))
    assert watching.picture(tmp_path, key) is None
    for content in (b"", b"\x93NUMPY", b"x" * 100):
        (tmp_path / run_files.WATCHED / f"{key}.npy").write_bytes(content)
        assert watching.picture(tmp_path, key) is None
    assert watching.last(tmp_path, key) is None
    for odd in ("notes.txt", ".npy", "0123.npy", "../x.npy"):
        (tmp_path / run_files.WATCHED / odd).write_bytes(b"")
    assert list(watching.watchers(tmp_path)) == [key]
