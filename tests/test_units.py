"""One unit explained: against loops in float64, against torch, and against what was recorded, in real networks too."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from cnnviz import anatomy, capture, models, units
from cnnviz.records import Array, Term, Unit

CELLS = [(0, 0, 0), (1, 2, 1), (3, 3, 4)]


def picture(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(1, *shape, generator=torch.Generator().manual_seed(seed))


def explained(model: nn.Module, x: torch.Tensor, key: str, *cell: int) -> Unit:
    return units.explain(model, x, capture.activations(model, x), key, *cell)


def pixel(data: Array, mode: str, row: int, column: int) -> Array:
    """One cell of a map, or of the padding around it: [C]."""
    height, width = data.shape[1:]
    if mode == "zeros" and not (0 <= row < height and 0 <= column < width):
        return np.zeros(len(data))
    if mode == "replicate":
        return data[:, min(max(row, 0), height - 1), min(max(column, 0), width - 1)]
    if mode == "circular":
        return data[:, row % height, column % width]
    if mode == "reflect":
        row, column = (
            abs(index) if index < length else 2 * length - 2 - index
            for index, length in ((row, height), (column, width))
        )
    return data[:, row, column]


# ------------------------------------------------------------------------------------------------ convolution
@st.composite
def convolutions(draw: st.DrawFn) -> nn.Conv2d:
    groups = draw(st.sampled_from([1, 2, 4]))
    pair = st.tuples(st.integers(1, 3), st.integers(1, 3))
    padding = draw(st.one_of(st.tuples(st.integers(0, 2), st.integers(0, 2)), st.just("valid"), st.just("same")))
    stride = (1, 1) if padding == "same" else draw(pair)
    return nn.Conv2d(
        4, 4 * draw(st.integers(1, 2)), draw(pair), stride, padding, draw(pair), groups,
        bias=draw(st.booleans()), padding_mode=draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"])),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(convolutions(), st.data())
def test_a_convolution_by_its_definition(layer: nn.Conv2d, data: st.DataObject) -> None:
    x = picture(4, 9, 8, seed=1)
    record = capture.activations(layer_net(layer), x)
    shape = record["0"].shape
    channel, row, column = (data.draw(st.integers(0, length - 1)) for length in shape)
    unit = units.explain(layer_net(layer), x, record, "0", channel, row, column)
    weight = layer.weight.detach().double().numpy()
    width = weight.shape[1]
    first = channel // (len(weight) // layer.groups) * width
    before = layer.padding
    if before == "same":
        before = tuple(d * (k - 1) // 2 for d, k in zip(layer.dilation, layer.kernel_size, strict=True))
    before = (0, 0) if before == "valid" else before
    total, largest = 0.0, 0.0
    for i, j in itertools.product(range(layer.kernel_size[0]), range(layer.kernel_size[1])):
        place = (
            row * layer.stride[0] - int(before[0]) + i * layer.dilation[0],
            column * layer.stride[1] - int(before[1]) + j * layer.dilation[1],
        )
        values = pixel(x[0].double().numpy(), layer.padding_mode, *place)[first : first + width]
        np.testing.assert_array_equal(unit.patch[:, i, j], values)  # type: ignore[index]
        np.testing.assert_array_equal(unit.products[:, i, j], values * weight[channel, :, i, j])  # type: ignore[index]
        assert ((i, j) in unit.padding) == (not (0 <= place[0] < 9 and 0 <= place[1] < 8))
        total += float((values * weight[channel, :, i, j]).sum())
        largest = max(largest, *np.abs(values * weight[channel, :, i, j]))
    bias = 0.0 if layer.bias is None else float(layer.bias[channel])
    assert unit.computed == pytest.approx(total + bias, rel=1e-12, abs=1e-12)
    assert unit.recorded == pytest.approx(total + bias, rel=1e-5, abs=1e-5)
    assert unit.input_channels == tuple(range(first, first + width))
    ordered = units.terms(unit)
    assert abs(ordered[0].product) == pytest.approx(largest)
    for term in ordered:
        assert term.input == pixel(x[0].double().numpy(), layer.padding_mode, term.row, term.column)[term.channel]


_nets: dict[nn.Module, nn.Module] = {}


def layer_net(layer: nn.Module) -> nn.Module:
    """The layer as key "0" of a network; the same network for the same layer."""
    return _nets.setdefault(layer, nn.Sequential(layer))


def test_a_convolution_as_a_function_with_computed_weights() -> None:
    class Masked(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.randn(2, 3, 3, 3))
            self.register_buffer("mask", torch.ones(2, 3, 1, 1).index_fill(1, torch.tensor([1]), 0.0))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return F.conv2d(x, self.weight * self.mask, None, 2, padding=1)

    model = Masked()
    unit = explained(model, picture(3, 8, 8), "conv2d", 1, 0, 3)
    assert not unit.kernel[1].any()  # type: ignore[index]
    assert unit.origin == (-1, 5)
    assert unit.difference == pytest.approx(0, abs=1e-5)


def test_a_layer_that_changes_its_weights_says_so() -> None:
    class Standardised(nn.Conv2d):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return F.conv2d(x, self.weight - self.weight.mean(), self.bias)

    unit = explained(nn.Sequential(Standardised(3, 2, 3)), picture(3, 6, 6), "0", 0, 1, 1)
    assert unit.computed is None
    assert "changes its weights" in unit.note


# ------------------------------------------------------------------------------------------------ linear, pooling
def test_a_linear_unit_is_its_sum() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(48, 5))
    x = picture(3, 4, 4)
    unit = explained(model, x, "1", 3)
    weight = model[1].weight[3].detach().double().numpy()  # type: ignore[index, union-attr, operator]
    np.testing.assert_array_equal(unit.kernel, weight)
    expected = sum(float(a) * b for a, b in zip(x.flatten().double(), weight, strict=True)) + float(model[1].bias[3])  # type: ignore[index, union-attr, operator]
    assert unit.computed == pytest.approx(expected, rel=1e-12)
    assert unit.difference == pytest.approx(0, abs=1e-6)
    assert len(units.terms(unit)) == 48
    assert {(term.row, term.column) for term in units.terms(unit)} == {(0, 0)}


POOLS = [
    nn.MaxPool2d(2), nn.MaxPool2d(3, 2, 1), nn.MaxPool2d(2, dilation=2), nn.MaxPool2d(3, 2, ceil_mode=True),
    nn.AvgPool2d(2), nn.AvgPool2d(3, 2, 1), nn.AvgPool2d(3, 2, 1, count_include_pad=False),
    nn.AvgPool2d(3, 2, 1, ceil_mode=True), nn.AvgPool2d(2, divisor_override=3),
    nn.AdaptiveAvgPool2d(1), nn.AdaptiveAvgPool2d((3, 2)), nn.AdaptiveMaxPool2d(4),
]  # fmt: skip


@pytest.mark.parametrize("layer", POOLS, ids=str)
def test_every_cell_of_a_pooling_layer(layer: nn.Module) -> None:
    x = picture(2, 10, 9)
    model = nn.Sequential(layer)
    record = capture.activations(model, x)
    fields = anatomy.fields(model, (2, 10, 9))
    for row, column in np.ndindex(record["0"].shape[1:]):
        unit = units.explain(model, x, record, "0", 1, row, column, fields=fields)
        assert unit.difference == pytest.approx(0, abs=1e-6)
        assert unit.kernel is None
        top, left = unit.origin
        assert unit.patch[0, 0, 0] == x[0, 1, top, left]  # type: ignore[index]


def test_pooling_says_who_won_and_how_many_were_averaged() -> None:
    x = torch.zeros(1, 1, 4, 4)
    x[0, 0, 1, 2] = 7
    assert explained(nn.Sequential(nn.MaxPool2d(3, 1, 1)), x, "0", 0, 0, 1).note == (
        "the largest of 6 cells, at row 1, column 2"
    )
    assert "9 cells, 5 of them padding" in explained(nn.Sequential(nn.AvgPool2d(3, 2, 1)), x, "0", 0, 0, 0).note


def test_pooling_by_functions() -> None:
    class Functions(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = F.avg_pool2d(F.max_pool2d(x, 2), kernel_size=3, stride=1, padding=1)
            return F.adaptive_avg_pool2d(y, (2, 3)).mean(dim=(2, 3))

    model, x = Functions(), picture(2, 12, 12)
    record = capture.activations(model, x)
    for key in ("max_pool2d", "avg_pool2d", "adaptive_avg_pool2d"):
        assert units.explain(model, x, record, key, 1, 1, 2).difference == pytest.approx(0, abs=1e-6)
    assert units.explain(model, x, record, "mean", 1).difference == pytest.approx(0, abs=1e-6)


# ------------------------------------------------------------------------------------------------ cell by cell
def trained_norm(norm: nn.Module) -> nn.Module:
    """With statistics, scale and shift that are not the identity."""
    for name, value in [*norm.named_parameters(), *norm.named_buffers()]:
        if value.is_floating_point():
            nn.init.uniform_(value, 0.5, 2) if "bias" not in name else nn.init.normal_(value)
    return norm


ELEMENTWISE = [
    *(trained_norm(norm) for norm in (nn.BatchNorm2d(4), nn.BatchNorm2d(4, affine=False), nn.GroupNorm(2, 4))),
    *(trained_norm(norm) for norm in (nn.InstanceNorm2d(4, affine=True), nn.BatchNorm2d(4, track_running_stats=False))),
    trained_norm(nn.LayerNorm((4, 6, 6))), nn.LocalResponseNorm(3),
    nn.ReLU(), nn.ReLU(inplace=True), nn.ReLU6(), nn.Sigmoid(), nn.Tanh(), nn.SiLU(), nn.GELU(), nn.ELU(), nn.Mish(),
    nn.LeakyReLU(0.2), nn.PReLU(4), nn.Hardswish(), nn.Hardsigmoid(), nn.Softplus(), nn.Dropout(), nn.Identity(),
    nn.Softmax(dim=1), nn.LogSoftmax(dim=1), nn.Softmax(dim=2), nn.ZeroPad2d(1), nn.Upsample(scale_factor=2),
    nn.PixelShuffle(2), nn.Flatten(2), nn.ConvTranspose2d(4, 4, 3),
]  # fmt: skip


@pytest.mark.parametrize("layer", ELEMENTWISE, ids=str)
def test_what_has_no_taps_is_computed_from_its_input(layer: nn.Module) -> None:
    model = nn.Sequential(layer).eval()
    x = picture(4, 6, 6) * 3
    record = capture.activations(model, x)
    fields = anatomy.fields(model, (4, 6, 6))
    for cell in CELLS:
        if all(index < length for index, length in zip(cell, record["0"].shape, strict=False)):
            unit = units.explain(model, x, record, "0", *cell, fields=fields)
            assert unit.computed == pytest.approx(unit.recorded, rel=1e-5, abs=1e-6), unit.note


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (nn.ReLU(), "max(0, (−1.5))"),
        (nn.LeakyReLU(0.1), "−1.5 · 0.1"),
        (nn.Dropout(), "−1.5, passed on unchanged"),
        (nn.BatchNorm2d(1), "(−1.5 − 0) / √(1 + 1e-05) · 1 + 0"),
    ],
    ids=str,
)
def test_formulas_carry_their_numbers(layer: nn.Module, text: str) -> None:
    assert explained(nn.Sequential(layer).eval(), torch.full((1, 1, 2, 2), -1.5), "0", 0, 1, 1).note == text


def test_a_batch_norm_by_its_definition() -> None:
    norm = nn.BatchNorm2d(1, eps=1e-3)
    norm.running_mean.fill_(0.5)  # type: ignore[union-attr]
    norm.running_var.fill_(4.0)  # type: ignore[union-attr]
    nn.init.constant_(norm.weight, 3)
    nn.init.constant_(norm.bias, -1)
    unit = explained(nn.Sequential(norm).eval(), torch.full((1, 1, 2, 2), 2.5), "0", 0, 0, 0)
    assert unit.computed == pytest.approx((2.5 - 0.5) / math.sqrt(4.001) * 3 - 1, rel=1e-12)


class Arithmetic(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x + x.mean(dim=(2, 3), keepdim=True)
        y = 3 - y
        y = (y - 1) * x / 2
        y = torch.cat([y, x], 1)
        return torch.flatten(y, 1)


def test_arithmetic_joins_and_flattening() -> None:
    model, x = Arithmetic(), picture(4, 5, 5)
    record = capture.activations(model, x)
    for layer in record:
        if layer.kind not in ("input", "pooling"):
            cell = (2, 3, 4)[: layer.values.ndim]
            unit = units.explain(model, x, record, layer.key, *cell)
            assert unit.computed == pytest.approx(unit.recorded, rel=1e-5), (layer.key, unit.note)
    assert units.explain(model, x, record, "cat", 6, 1, 1).note == "channel 2 of input"
    assert units.explain(model, x, record, "cat", 1, 1, 1).note == "channel 1 of truediv"
    assert units.explain(model, x, record, "flatten", 25 + 7).note == "channel 1, row 1, column 2"
    left, right = (
        float(record[key].values[1, 1 if key == "input" else 0, 1 if key == "input" else 0])
        for key in ("input", "mean")
    )
    note = units.explain(model, x, record, "add", 1, 1, 1).note
    assert note == f"{left:.4g} + {f'({right:.4g})' if right < 0 else f'{right:.4g}'}".replace("-", "−")


# ------------------------------------------------------------------------------------------------ in real networks
@pytest.mark.parametrize("name", ["resnet18", "googlenet", "shufflenet_v2_x0_5", "mobilenet_v3_small", "lenet5_1998"])
def test_recorded_and_computed_agree_in_real_networks(name: str) -> None:
    model = models.build(name)
    channels = models.spec(name).input_shape[0]
    shape = (channels, 64, 64) if channels == 3 else models.spec(name).input_shape
    x = picture(*shape)
    record, fields = capture.activations(model, x), anatomy.fields(model, shape)
    random = np.random.default_rng(0)
    explained_kinds = set()
    for layer in random.permutation(np.array([one for one in record if one.values.ndim <= 3], dtype=object))[:60]:
        cell = [int(random.integers(0, length)) for length in layer.shape]
        unit = units.explain(model, x, record, layer.key, *cell, fields=fields)
        scale = float(np.abs(layer.values).max()) + 1e-6
        if unit.difference is not None:
            assert unit.difference <= 1e-4 * scale, (layer.key, unit.note)
            explained_kinds.add(layer.kind)
        for stage in unit.stages:
            assert stage.value == record[stage.key].values[tuple(cell)]
            assert stage.computed == pytest.approx(stage.value, rel=1e-4, abs=1e-5), stage
    assert {"convolution", "activation"} <= explained_kinds


def test_the_stages_are_the_cells_way_through_its_block() -> None:
    model = models.build("resnet18")
    x = picture(3, 64, 64)
    record = capture.activations(model, x)
    unit = units.explain(model, x, record, "layer1.0.conv2", 5, 3, 2)
    assert [stage.key for stage in unit.stages] == ["layer1.0.bn2", "layer1.0.add", "layer1.0.relu:1"]
    assert [stage.key for stage in units.explain(model, x, record, "conv1", 5, 3, 2).stages] == ["bn1", "relu"]
    assert units.explain(model, x, record, "fc", 5).stages == ()


def test_a_network_that_branches_on_the_data_is_explained() -> None:
    class Blind(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.relu, self.last = nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Conv2d(4, 2, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = self.relu(self.conv(x))
            return self.last(y if y.sum() > 0 else -y)

    model, x = Blind(), picture(3, 6, 6)
    record = capture.activations(model, x)
    unit = units.explain(model, x, record, "conv", 1, 2, 2)
    assert unit.difference == pytest.approx(0, abs=1e-6)
    assert [stage.key for stage in unit.stages] == ["relu"]
    assert unit.box == (2, 2, 5, 5)
    assert units.explain(model, x, record, "last", 1, 2, 2).difference == pytest.approx(0, abs=1e-6)


def test_what_cannot_be_explained_is_named() -> None:
    model, x = models.build("lenet5"), picture(1, 28, 28)
    record = capture.activations(model, x)
    with pytest.raises(KeyError, match="no layer named 'conv7'"):
        units.explain(model, x, record, "conv7", 0)
    with pytest.raises(ValueError, match=r"conv1 has no cell \[0, 99, 0\]: its shape is"):
        units.explain(model, x, record, "conv1", 0, 99, 0)
    assert units.explain(model, x, record, "input", 0, 3, 3).computed is None


# ------------------------------------------------------------------------------------------------ terms
def term(product: float) -> Term:
    return Term(0, 0, 0, product, 1.0)


def test_terms_are_sorted_and_shares_add_up() -> None:
    model, x = models.build("lenet5"), picture(1, 28, 28)
    unit = explained(model, x, "conv2", 3, 4, 4)
    ordered = units.terms(unit)
    sizes = [abs(item.product) for item in ordered]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(item.product for item in ordered) + unit.bias == pytest.approx(unit.computed)
    assert len(ordered) == 6 * 25
    count = units.count_for(ordered)
    assert units.share(ordered, count) >= 0.8 > units.share(ordered, count - 1)


@pytest.mark.parametrize(
    ("products", "part", "count"),
    [
        ([4, -3, 2, 1], 0.7, 2),
        ([4, -3, 2, 1], 0.71, 3),
        ([1] * 10, 0.8, 8),
        ([0.1] * 10, 1.0, 10),
        ([0, 0], 0.8, 0),
        ([], 0.8, 0),
    ],
)
def test_the_smallest_number_of_terms(products: list[float], part: float, count: int) -> None:
    assert units.count_for([term(value) for value in products], part) == count


# ------------------------------------------------------------------------------------------------ blanking
@pytest.mark.parametrize(
    ("name", "key", "cell"),
    [
        ("resnet18", "layer1.1.conv2", (3, 6, 7)),
        ("resnet18", "layer2.0.add", (3, 0, 0)),
        ("lenet5", "conv2", (2, 3, 3)),
        ("lenet5", "pool1", (0, 13, 13)),
    ],
)
def test_blanking_outside_changes_nothing_and_inside_something(name: str, key: str, cell: tuple[int, int, int]) -> None:
    model = models.build(name)
    x = picture(*models.spec(name).input_shape) * 2
    unit = explained(model, x, key, *cell)
    found = units.blank(model, x, unit)
    assert found.before == unit.recorded
    assert found.difference <= 1e-5 * max(1, abs(found.before))
    assert abs(found.inside_blanked - found.before) > 1e-3


def test_blanking_finds_a_box_that_is_too_small() -> None:
    """The proof must be able to fail."""
    from dataclasses import replace

    model = models.build("lenet5")
    x = picture(*models.spec("lenet5").input_shape) * 2
    unit = explained(model, x, "conv2", 2, 3, 3)
    assert unit.box is not None
    top, left, bottom, right = unit.box
    smaller = replace(unit, box=(top + 1, left, bottom, right))
    assert units.blank(model, x, smaller).difference > 1e-4


def test_what_sees_everything_has_the_whole_picture_as_its_box() -> None:
    model, x = models.build("lenet5"), picture(1, 28, 28)
    unit = explained(model, x, "fc1", 3)
    assert unit.box == (0, 0, 28, 28)
    found = units.blank(model, x, unit)
    assert found.outside_blanked == found.before
    assert found.inside_blanked != found.before


# ------------------------------------------------------------------------------------------------ the last layers
def test_linear_contributions_add_up_and_point_into_the_map() -> None:
    model = nn.Sequential(
        nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(), nn.Linear(27, 6), nn.Linear(6, 2)
    )
    x = picture(1, 8, 8)
    record = capture.activations(model, x)
    found = units.linear_contributions(model, record, "5", 4, n=8)
    assert found.source == "2"
    assert sum(item.product for item in found.terms) + found.rest + found.bias == pytest.approx(found.computed)
    assert found.computed == pytest.approx(found.recorded, abs=1e-6)
    for item in found.terms:
        assert record["2"].values[item.source] == pytest.approx(item.input)
        assert np.ravel_multi_index(item.source, (3, 3, 3)) == item.index
    sizes = [abs(item.product) for item in found.terms]
    assert len(sizes) == 8
    assert sizes == sorted(sizes, reverse=True)
    after = units.linear_contributions(model, record, "6", 1)
    assert (after.source, len(after.terms), after.terms[0].source) == ("", 6, ())
    assert after.rest == pytest.approx(0, abs=1e-12)
    with pytest.raises(ValueError, match="0 is convolution"):
        units.linear_contributions(model, record, "0", 0)
    with pytest.raises(ValueError, match="no cell"):
        units.linear_contributions(model, record, "6", 2)


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=20), st.integers(1, 5))
def test_softmax_step_by_step(logits: list[float], n: int) -> None:
    found = units.softmax_terms(np.array(logits), [f"c{index}" for index in range(len(logits))], n)
    expected = torch.softmax(torch.tensor(logits, dtype=torch.float64), 0)
    assert len(found.terms) == min(n, len(logits))
    for item in found.terms:
        assert item.label == f"c{item.index}"
        assert item.exponential == pytest.approx(math.exp(item.logit - found.shift))
        assert item.probability == pytest.approx(item.exponential / found.total)
        assert item.probability == pytest.approx(float(expected[item.index]), abs=1e-12)
    assert found.rest + sum(item.probability for item in found.terms) == pytest.approx(1)
    assert found.terms[0].logit == max(logits)


def test_a_class_without_a_name_gets_one() -> None:
    assert units.softmax_terms(np.array([0.0, 2.0]), ["only"], 1).terms[0].label == "class 1"


def test_the_numbers_of_a_googlenet_prediction() -> None:
    """Concatenations in torchvision's own network point to the branch that a channel comes from."""
    torch.manual_seed(0)
    model = torchvision.models.googlenet(init_weights=False).eval()
    x = picture(3, 64, 64)
    record = capture.activations(model, x)
    assert (
        units.explain(model, x, record, "inception3a.cat", 64, 1, 1).note == "channel 0 of inception3a.branch2.1.relu"
    )
