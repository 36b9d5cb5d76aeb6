"""Blocks: every number a second way, by torch's own operations, by loops, by networks changed by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some
from torch import nn
from torch.nn import functional

from cnnviz import anatomy, capture, images, models, networks, samples
from cnnviz.operations import OperationError
from cnnviz.records import Activations
from cnnviz.topics.blocks import (
    captions,
    channel_shuffle,
    dense_channels,
    figures,
    inception_branches,
    mobile_blocks,
    proofs,
    residual_blocks,
    separable,
    units,
    vgg,
    vgg_counts,
)
from cnnviz.topics.blocks.records import BlockStage, ShortcutsAlone

VGG = "run:cifar10-vgg_cifar-13de091a"
Opened = tuple[networks.Network, torch.Tensor, Activations]
_kept: dict[str, Opened] = {}


@pytest.fixture(scope="module", autouse=True)
def _forget() -> Iterator[None]:
    yield
    _kept.clear()


def look(choice: str) -> Opened:
    """A network, its image and its recording."""
    if choice not in _kept:
        network = networks.open_network(choice)
        x = images.to_tensor(samples.read(samples.FIRST), network.spec)
        _kept[choice] = (network, x, capture.activations(network.model, x))
    return _kept[choice]


# ------------------------------------------------------------------------------------------------ channel shuffle
@given(some.integers(1, 12), some.integers(1, 12))
def test_the_shuffle_is_torchs_and_its_inverse_undoes_it(groups: int, size: int) -> None:
    channels = groups * size
    x = torch.randn(2, channels, 1, 2, dtype=torch.float64)
    order = channel_shuffle.permutation(channels, groups)
    assert torch.equal(x[:, order], functional.channel_shuffle(x, groups))
    assert [order[place] for place in range(channels)] == [
        (place % groups) * size + place // groups for place in range(channels)
    ]
    np.testing.assert_array_equal(channel_shuffle.round_trip(channels, groups), np.arange(channels))
    assert all(proof.holds for proof in proofs.shuffles(channels, groups))


def test_groups_that_do_not_come_out_even_are_refused_with_a_divisor() -> None:
    with pytest.raises(OperationError, match=r"12 channels cannot be put into 5 equal groups.*such as [46]"):
        channel_shuffle.permutation(12, 5)


@pytest.mark.parametrize(("channels", "groups"), [(12, 3), (8, 2), (16, 4), (12, 6)])
@pytest.mark.parametrize("shuffle", [True, False])
def test_reach_is_that_of_real_grouped_convolutions(channels: int, groups: int, shuffle: bool) -> None:
    """By the gradient: which input channels have any influence on each output channel."""
    layers = [nn.Conv2d(channels, channels, 1, groups=groups, bias=False).double() for _ in range(3)]
    x = torch.randn(1, channels, 1, 1, dtype=torch.float64, requires_grad=True)
    y, counts = x, [1.0]
    for index, layer in enumerate(layers):
        y = layer(functional.channel_shuffle(y, groups) if shuffle and index else y)
        rows = [torch.autograd.grad(y[0, out, 0, 0], x, retain_graph=True)[0] for out in range(channels)]
        counts.append(float(np.mean([int((row != 0).sum()) for row in rows])))
    np.testing.assert_allclose(channel_shuffle.reached(channels, groups, 3, shuffle=shuffle), counts)


def test_a_networks_own_shuffle_is_the_permutation() -> None:
    _, _, recording = look("shufflenet_v2_x1_0")
    pairs = mobile_blocks.shuffled(recording)
    assert len(pairs) == 16
    for pair in pairs[::5]:
        assert mobile_blocks.shuffle_in_network(recording, pair)[1].holds
    assert not mobile_blocks.shuffle_in_network(recording, pairs[0], groups=4)[1].holds


# ------------------------------------------------------------------------------------------------ separable
@settings(deadline=None, max_examples=40)
@given(
    some.integers(1, 5), some.integers(1, 5), some.sampled_from([1, 3, 5]), some.integers(1, 3), some.integers(0, 2),
    some.integers(5, 9),
)  # fmt: skip
def test_both_steps_equal_torch(inputs: int, outputs: int, kernel: int, stride: int, padding: int, side: int) -> None:
    generator = torch.Generator().manual_seed(inputs * 100 + side)
    x = torch.randn(inputs, side, side + 1, dtype=torch.float64, generator=generator)
    w = torch.randn(inputs, 1, kernel, kernel, dtype=torch.float64, generator=generator)
    v = torch.randn(outputs, inputs, 1, 1, dtype=torch.float64, generator=generator)
    ours = separable.depthwise(x.numpy(), w[:, 0].numpy(), stride=(stride, stride), padding=(padding, padding))
    theirs = functional.conv2d(x[None], w, stride=stride, padding=padding, groups=inputs)
    np.testing.assert_allclose(ours, theirs[0].numpy(), atol=1e-12)
    mixed = separable.pointwise(ours, v[:, :, 0, 0].numpy())
    np.testing.assert_allclose(mixed, functional.conv2d(theirs, v)[0].numpy(), atol=1e-12)


def test_steps_that_do_not_fit_are_refused() -> None:
    with pytest.raises(OperationError, match="one kernel a channel"):
        separable.depthwise(np.zeros((3, 4, 4)), np.zeros((2, 3, 3)))
    with pytest.raises(OperationError, match="add padding"):
        separable.depthwise(np.zeros((1, 2, 2)), np.zeros((1, 3, 3)))
    with pytest.raises(OperationError, match="cannot read a map of 2"):
        separable.pointwise(np.zeros((2, 2, 2)), np.zeros((4, 3)))


@given(some.integers(1, 64), some.integers(1, 64), some.sampled_from([1, 3, 5]), some.integers(1, 20))
def test_the_ratio_is_one_over_channels_plus_one_over_kernel_squared(i: int, o: int, k: int, side: int) -> None:
    found = separable.costs(i, o, k, side)
    for which in (0, 1):
        both = found["depthwise"][which] + found["pointwise"][which]
        assert both / found["plain"][which] == pytest.approx(separable.ratio(o, k))


def test_real_separable_convolutions_are_recomputed_and_counted() -> None:
    network, _, recording = look("efficientnet_lite0")
    rows = {row.name: row for row in anatomy.inspect(network.model, network.spec.input_shape, run=True)}
    keys = mobile_blocks.depthwise(network.model, recording)
    assert len(keys) == 16
    for key in keys[::4]:
        found = mobile_blocks.separable(network.model, recording, key)
        assert all(proof.holds for proof in found.proofs)
        for kernel in (found.depthwise, found.pointwise):
            assert (kernel.cost.parameters, kernel.cost.macs) == (
                rows[kernel.key].parameters, rows[kernel.key].macs,
            )  # fmt: skip
        plain = nn.Conv2d(found.depthwise.inputs, found.pointwise.outputs, found.depthwise.size, bias=False)
        assert found.plain.parameters == plain.weight.numel()


def test_an_inverted_residual_is_narrow_wide_narrow() -> None:
    network, _, recording = look("efficientnet_lite0")
    groups = mobile_blocks.inverted(network.model, recording)
    assert "stage1.0" not in groups  # it does not expand
    assert len(groups) == 15
    found = mobile_blocks.open_inverted(network.model, recording, "stage2.1")
    assert [len(stage.values) for stage in found.stages] == [24, 144, 144, 24, 24]
    assert found.added
    assert all(proof.holds for proof in found.proofs)
    assert not mobile_blocks.open_inverted(network.model, recording, "stage2.0").added


# ------------------------------------------------------------------------------------------------ gates
@pytest.mark.parametrize("choice", ["mobilenet_v3_small", "efficientnet_b0"])
def test_gates_equal_the_module_run_alone(choice: str) -> None:
    network, _, recording = look(choice)
    keys = mobile_blocks.gated(recording)
    for key in keys[:: max(1, len(keys) // 3)]:
        found = mobile_blocks.gates(network.model, recording, key)
        module = network.model.get_submodule(key.rpartition(".")[0])
        assert type(module).__name__ == "SqueezeExcitation"
        with torch.inference_mode():
            alone = module(torch.from_numpy(found.before.copy())[None])[0].numpy()
        np.testing.assert_allclose(found.after, alone, atol=1e-6)
        assert all(proof.holds for proof in found.proofs)
        assert ((found.gates >= 0) & (found.gates <= 1)).all()
        np.testing.assert_allclose(found.squeezed, found.before.mean(axis=(1, 2)), rtol=1e-3, atol=1e-6)


def test_wrong_gates_are_refuted() -> None:
    network, _, recording = look("mobilenet_v3_small")
    found = mobile_blocks.gates(network.model, recording, mobile_blocks.gated(recording)[0])
    assert not proofs.scaled(found.before, found.gates[::-1], found.after).holds


# ------------------------------------------------------------------------------------------------ Inception
def test_googlenets_blocks_add_up_to_the_network() -> None:
    network, _, recording = look("googlenet")
    rows = anatomy.inspect(network.model, network.spec.input_shape, run=True)
    keys = inception_branches.keys(recording)
    numbers = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")
    assert [key.partition(".")[0] for key in keys] == [f"inception{number}" for number in numbers]
    for key in keys:
        found = inception_branches.open_block(network.model, recording, key)
        inside = [row for row in rows if row.group == found.group and row.kind == "convolution"]
        assert found.cost.parameters == sum(row.parameters for row in inside)
        assert found.cost.macs == sum(row.macs for row in inside)
        assert found.proof.holds
        assert sum(one.count for one in found.branches) == len(found.output)
        assert found.without.macs > found.cost.macs
        assert sum(inception_branches.energies(found)) == pytest.approx(1)


def test_the_first_block_is_the_papers_but_for_the_five() -> None:
    """Table 1 of the paper for 3a: 64, 96 → 128, 16 → 32, pool → 32."""
    network, _, recording = look("googlenet")
    found = inception_branches.open_block(network.model, recording, "inception3a.cat")
    assert [(one.title, one.reduced, one.count) for one in found.branches] == [
        ("1×1", None, 64), ("1×1 → 3×3", 96, 128), ("1×1 → 3×3", 16, 32), ("max pool → 1×1", None, 32),
    ]  # fmt: skip
    assert found.inputs == 192
    assert "torchvision's is 3×3" in captions.five_by_five(found)
    assert found.without.parameters == 12_288 + 9 * 192 * 128 + 9 * 192 * 32 + 6_144
    every = [proof for one in found.branches for proof in inception_branches.counted(found, one)]
    assert len(every) == 6
    assert all(proof.holds for proof in every)


def test_a_channel_of_the_output_is_its_branchs_channel() -> None:
    network, _, recording = look("googlenet")
    found = inception_branches.open_block(network.model, recording, "inception4a.cat")
    for one in found.branches:
        for inner in (0, one.count - 1):
            np.testing.assert_array_equal(found.output[one.start + inner], recording[one.key].values[inner])


# ------------------------------------------------------------------------------------------------ residual
@pytest.mark.parametrize(("choice", "count", "kinds"), [
    ("resnet20", 9, {"identity": 7, "padding": 2}), ("resnet18", 8, {"identity": 5, "projection": 3}),
    ("efficientnet_lite0", 9, {"identity": 9}),
])  # fmt: skip
def test_every_shortcut_is_found_and_adds_up(choice: str, count: int, kinds: dict[str, int]) -> None:
    _, _, recording = look(choice)
    found = residual_blocks.shortcuts(recording)
    assert len(found) == count
    assert {kind: sum(one.kind == kind for one in found) for kind in kinds} == kinds
    for one, norms in zip(found, residual_blocks.norms(recording, found), strict=True):
        x, f, total = (recording[key].values for key in (one.shortcut, one.branch, one.key))
        assert proofs.added(x, f, total, one.key).holds
        length = norms.shortcut**2 + norms.branch**2 + 2 * norms.cosine * norms.shortcut * norms.branch
        assert norms.sum**2 == pytest.approx(length, rel=1e-4)  # the law of cosines
        assert one.place == recording[one.key].inputs.index(one.shortcut)


def test_a_dropped_block_is_the_network_with_that_block_replaced() -> None:
    """Another way: the module itself replaced, in a copy, by one that returns its shortcut."""
    network, x, recording = look("resnet20")
    found = residual_blocks.shortcuts(recording)
    before = {name: value.clone() for name, value in network.model.state_dict().items()}
    dropped = residual_blocks.each_dropped(network.model, x, found)
    np.testing.assert_array_equal(dropped.plain, recording.logits)
    for one, logits in zip(found, dropped.alone, strict=True):
        other = models.build("resnet20")
        other.load_state_dict(network.model.state_dict())
        block: Any = other.get_submodule(one.group)
        other.set_submodule(one.group, _OnlyShortcut(block.shortcut))
        with torch.inference_mode():
            np.testing.assert_allclose(logits, other(x)[0].numpy(), atol=1e-5)
    assert all(torch.equal(before[name], value) for name, value in network.model.state_dict().items())
    assert not any(module._forward_hooks for module in network.model.modules())


class _OnlyShortcut(nn.Module):
    def __init__(self, shortcut: nn.Module | None) -> None:
        super().__init__()
        self.shortcut = shortcut

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(x if self.shortcut is None else self.shortcut(x))


def test_several_blocks_dropped_together_and_a_hook_agree() -> None:
    network, x, recording = look("efficientnet_lite0")
    found = residual_blocks.shortcuts(recording)
    both, first = residual_blocks.answers(network.model, x, [found[:2], found[:1]])
    assert np.abs(both - first).max() > 1e-3
    np.testing.assert_allclose(residual_blocks.by_hook(network.model, x, found[0], recording), first, atol=1e-5)
    module = network.model.get_submodule(recording[found[1].branch].module)
    handle = module.register_forward_hook(lambda module, inputs, output: output * 0)
    try:
        np.testing.assert_allclose(
            residual_blocks.by_hook(network.model, x, found[0], recording), both, atol=1e-5
        )  # fmt: skip
    finally:
        handle.remove()


def test_an_unknown_block_is_refused_and_leaves_no_trace() -> None:
    network, x, recording = look("resnet20")
    wrong = residual_blocks.Shortcut("none", "none", "x", "x", "y", "", "identity", 1)
    with pytest.raises(residual_blocks.DropError, match="none"):
        residual_blocks.answers(network.model, x, [[wrong]])
    np.testing.assert_array_equal(capture.logits(network.model, x), recording.logits)


@pytest.mark.parametrize("channels", [64, 256, 1024])
def test_the_two_designs_are_torchvisions(channels: int) -> None:
    assert all(proof.holds for proof in residual_blocks.counted_designs(channels))
    basic, narrow = (sum(one.cost.parameters for one in kernels) for _, kernels in residual_blocks.designs(channels, 7))
    assert basic == 18 * channels**2
    assert narrow == channels**2 // 2 + 9 * (channels // 4) ** 2


def test_the_words_follow_the_numbers() -> None:
    found = ShortcutsAlone(("a", "b"), np.array([2.0, 0.0]), (np.array([1.0, 0.0]), np.array([0.0, 3.0])))
    assert "**1 of 2**" in captions.importance(found, 0, "cat")
    assert "**b** matters most" in captions.importance(found, 0, "cat")
    rising = ShortcutsAlone(("a",), np.array([0.0, 0.0]), (np.array([1.0, 0.0]),))
    assert "rises" in captions.importance(rising, 0, "cat")


# ------------------------------------------------------------------------------------------------ dense
def test_dense_channels_come_from_whom_they_say() -> None:
    network, _, recording = look("densenet121")
    groups = dense_channels.groups(recording)
    blocks = [dense_channels.block(network.model, recording, group) for group in groups]
    assert [len(block.layers) - 1 for block in blocks] == [6, 12, 24, 16]
    assert {block.growth for block in blocks} == {32}
    assert [block.first for block in blocks] == [64, 128, 256, 512]
    for block in blocks:
        expected = [block.first + block.growth * index for index in range(len(block.channels))]
        assert list(block.channels) == expected
    found = dense_channels.layer(network.model, recording, blocks[0].layers[3])
    assert [one.title for one in found.sources] == ["the block's input", "layer 1", "layer 2", "layer 3"]
    for one in found.sources:
        np.testing.assert_array_equal(found.values[one.start : one.start + one.count], recording[one.key].values)
    assert found.proof.holds


def test_mean_weights_by_source_are_the_convolutions_slices() -> None:
    network, _, recording = look("densenet121")
    block = dense_channels.block(network.model, recording, "features.denseblock2")
    convolutions: Any = [
        network.model.get_submodule(f"features.{name}")
        for name in ("denseblock2.denselayer3.conv1", "transition2.conv")
    ]
    weight, last = (one.weight.detach().double().abs() for one in convolutions)
    assert block.weights[0, 2] == pytest.approx(float(weight[:, :128].mean()))
    assert block.weights[2, 2] == pytest.approx(float(weight[:, 160:192].mean()))
    assert np.isnan(block.weights[3, 2])
    assert block.weights[0, -1] == pytest.approx(float(last[:, :128].mean()))


def test_the_last_block_feeds_no_convolution() -> None:
    network, _, recording = look("densenet121")
    block = dense_channels.block(network.model, recording, "features.denseblock4")
    found = dense_channels.layer(network.model, recording, block.layers[-1])
    assert np.isnan(found.channel_weights).all()
    assert "feeds no convolution" in captions.dense_weights(found, random=False)


# ------------------------------------------------------------------------------------------------ units and VGG
def test_every_unit_of_the_trained_vgg_is_recomputed() -> None:
    network, _, recording = look(VGG)
    keys = units.keys(network.model, recording)
    assert len(keys) == 8
    for key in keys:
        found = units.unit(network.model, recording, key)
        assert all(proof.holds for proof in found.proofs)
        assert len(found.proofs) == len(found.stages) - 1
    first = units.unit(network.model, recording, keys[0])
    assert [stage.role for stage in first.stages] == ["convolved", "normalised", "activated", "pooled"]


def test_a_changed_unit_is_refuted() -> None:
    network, _, recording = look(VGG)
    norm, pool = (network.model.get_submodule(f"features.{name}") for name in ("norm1_1", "pool1"))
    before, after = recording["features.conv1_1"].values, recording["features.norm1_1"].values
    assert not proofs.normalised(norm, before, after + 0.01, "norm").holds  # type: ignore[arg-type]
    assert not proofs.pooled(pool, after, recording["features.pool1"].values, "pool").holds  # type: ignore[arg-type]


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(2, 2, 0), (3, 2, 1), (3, 2, 0), (3, 1, 1)])
def test_pooled_windows_are_torchs(kernel: int, stride: int, padding: int, ceil: bool) -> None:
    x = np.random.default_rng(0).normal(size=(2, 7, 9)).astype(np.float32)
    module = nn.MaxPool2d(kernel, stride, padding, ceil_mode=ceil)
    after = module(torch.from_numpy(x)[None])[0].numpy()
    assert proofs.pooled(module, x, after, "pool").holds


@pytest.mark.parametrize("name", list(vgg.PLANS))
def test_the_expanded_plan_has_the_published_counts(name: str) -> None:
    found = vgg_counts.against_torchvision(name, vgg.network(vgg.PLANS[name]))
    assert len(found) == 2
    assert all(proof.holds for proof in found)


def test_the_written_lines_build_a_network_of_these_shapes() -> None:
    lines = vgg.network(vgg.PLANS["vgg11"], side=32, head=(16, 10))
    body = "".join(line.text + ", " for line in lines)
    model: Any = eval(f"nn.Sequential({body})", {"nn": nn})
    x = torch.zeros(1, 3, 32, 32)
    for layer, line in zip(model, lines, strict=True):
        x = layer(x)
        assert tuple(x.shape[1:]) == line.shape
        assert sum(weight.numel() for weight in layer.parameters()) == line.parameters
    assert sum(line.macs for line in lines) == sum(row.macs for row in anatomy.inspect(model, (3, 32, 32), run=True))
    with pytest.raises(OperationError, match="Block 5 would pool maps of 1 × 1"):
        vgg.network(vgg.PLANS["vgg11"], side=16)


# ------------------------------------------------------------------------------------------------ for the components
def test_stages_travel_with_the_same_channels_and_a_shared_range() -> None:
    generator = np.random.default_rng(1)
    maps = [generator.normal(scale=scale, size=(40, 6, 5)).astype(np.float32) for scale in (1, 3, 2)]
    stages = [BlockStage(str(index), f"k{index}", "op", values) for index, values in enumerate(maps)]
    found = figures.stages(stages, together=[(0, 1)])
    panels = found["meta"]["panels"]
    assert len({tuple(panel["channels"]) for panel in panels}) == 1
    assert panels[0]["limit"] == panels[1]["limit"] > panels[2]["limit"]
    sent = np.frombuffer(found["blobs"]["values2"], "<f4").reshape(panels[2]["maps"])
    np.testing.assert_array_equal(sent, maps[2][panels[2]["channels"]])
    variances = sent.var(axis=(1, 2))
    assert (np.diff(variances) <= 1e-6).all()  # the most varied first


def test_a_large_map_travels_in_steps_that_are_said() -> None:
    stages = [BlockStage("x", "x", "op", np.zeros((8, 600, 600), np.float32))]
    panel = figures.stages(stages)["meta"]["panels"][0]
    assert panel["step"] > 1
    assert panel["maps"][1] == len(range(0, 600, panel["step"]))


def test_a_strip_keeps_tiny_values() -> None:
    values = np.full((3, 2, 2), 1e-9, np.float32) * np.arange(1, 4, dtype=np.float32)[:, None, None]
    found = figures.strip([figures.Segment("all", 0, 3)], {"its map": values}, what="channel")
    panel = found["meta"]["panels"][0]
    back = np.frombuffer(found["blobs"]["values0"], "<f2").astype(np.float64) * panel["unit"]
    np.testing.assert_allclose(back.reshape(values.shape), values, rtol=1e-3)
