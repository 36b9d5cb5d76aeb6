"""Shapes, parameters, MACs, receptive fields: published numbers, gradients in float64, other ways of counting."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from cnnviz import anatomy, capture, models
from cnnviz.anatomy import receptive
from cnnviz.records import Field, Row

SHAPE = (3, 224, 224)


@cache
def published(name: str) -> nn.Module:
    if name.startswith("regnet"):
        return torchvision.models.get_model(name)
    with torch.device("meta"):
        return torchvision.models.get_model(name)


def rows_of(name: str) -> dict[str, Row]:
    shape = (3, 299, 299) if name == "inception_v3" else SHAPE
    return {row.name: row for row in anatomy.inspect(published(name), shape)}


# ------------------------------------------------------------------------------------------------ published numbers
@pytest.mark.parametrize(
    ("name", "parameters", "macs"),
    [
        ("alexnet", 61_100_840, 714_188_480),
        ("vgg11", 132_863_336, 7_609_090_048),
        ("vgg16", 138_357_544, 15_470_264_320),
        ("googlenet", 13_004_888, 1_498_376_192),
        ("inception_v3", 27_161_264, 5_713_216_096),
        ("resnet18", 11_689_512, 1_814_073_344),
        ("resnet50", 25_557_032, 4_089_184_256),
        ("densenet121", 7_978_856, 2_834_161_664),
        ("squeezenet1_1", 1_235_496, 349_151_936),
        ("mobilenet_v2", 3_504_872, 300_774_272),
    ],
)
def test_parameters_and_macs(name: str, parameters: int, macs: int) -> None:
    shape = (3, 299, 299) if name == "inception_v3" else SHAPE
    totals = anatomy.totals(published(name), shape)
    assert (totals.parameters, totals.macs) == (parameters, macs)
    unused = {"googlenet": 6_379_984, "inception_v3": 27_161_264 - 23_834_568}  # auxiliary classifiers
    assert sum(row.parameters for row in rows_of(name).values()) == parameters - unused.get(name, 0)


@pytest.mark.parametrize(
    "name",
    [
        *("convnext_tiny", "efficientnet_b0", "maxvit_t", "mnasnet0_5", "mobilenet_v3_small", "regnet_y_400mf"),
        *("resnext50_32x4d", "shufflenet_v2_x0_5", "swin_t", "vgg11_bn", "vit_b_16"),
    ],
)
def test_torchvisions_own_counts(name: str) -> None:
    meta = torchvision.models.get_model_weights(name)["IMAGENET1K_V1"].meta
    totals = anatomy.totals(published(name), SHAPE)
    assert totals.parameters == meta["num_params"]
    assert totals.macs / 1e9 == pytest.approx(meta["_ops"], abs=5.01e-4)


@pytest.mark.parametrize(
    ("name", "key", "size"),
    [
        ("alexnet", "features.12", 195),
        ("vgg11", "features.20", 150),
        ("vgg13", "features.24", 156),
        ("vgg16", "features.30", 212),
        ("vgg19", "features.36", 268),
        ("resnet18", "layer4.1.add", 435),
        ("resnet34", "layer4.2.add", 899),
        ("resnet50", "layer4.2.add", 427),
        ("googlenet", "inception5b.cat", 379),
        ("inception_v3", "Mixed_7c.cat_2", 1311),
        ("densenet121", "features.norm5", 2071),
        ("mobilenet_v2", "features.18.2", 491),
        ("squeezenet1_0", "features.12.cat", 155),
    ],
)
def test_receptive_fields_at_the_last_map(name: str, key: str, size: int) -> None:
    field = rows_of(name)[key].receptive_field
    assert (field.size, field.status) == (size, "exact")


def test_vgg16_layer_by_layer() -> None:
    sizes = "0:3 2:5 4:6 5:10 7:14 9:16 10:24 12:32 14:40 16:44 17:60 19:76 21:92 23:100 24:132 26:164 28:196 30:212"
    rows = rows_of("vgg16")
    for item in sizes.split():
        index, size = item.split(":")
        assert rows[f"features.{index}"].receptive_field.size == int(size)


def test_resnet18_stage_by_stage() -> None:
    rows = rows_of("resnet18")
    fields = [rows[f"layer{stage}.1.add"].receptive_field for stage in (1, 2, 3, 4)]
    assert [field.size for field in fields] == [43, 99, 211, 435]
    assert [field.stride for field in fields] == [4, 8, 16, 32]
    assert rows["avgpool"].receptive_field.status == "whole"


def test_everything_is_seen_after_squeeze_and_excitation() -> None:
    rows = rows_of("efficientnet_b0")
    assert rows["features.1.0.block.0.0"].receptive_field.status == "exact"
    assert rows["features.1.0.block.1.avgpool"].receptive_field.status == "whole"
    assert rows["features.8.0"].receptive_field.status == "whole"
    assert rows["features.8.0"].receptive_field.box(3, 4) == (0, 0, 224, 224)


@pytest.mark.timed
def test_a_resnet50_is_inspected_within_a_second() -> None:
    with torch.device("meta"):
        model = torchvision.models.resnet50()
    begin = time.process_time()
    anatomy.inspect(model, SHAPE)
    assert time.process_time() - begin < 1.0


# ------------------------------------------------------------------------------------------------ against other ways
@pytest.mark.parametrize("name", ["fc2layer", "cnn", "lenet5", "net", "vgg_cifar", "resnet20", "lenet5_1998", "zfnet"])
def test_rows_are_what_a_recording_shows(name: str) -> None:
    spec = models.spec(name)
    model = models.build(name)
    rows = anatomy.inspect(model, spec.input_shape)
    record = capture.activations(model, torch.randn(1, *spec.input_shape))
    assert [row.name for row in rows] == list(record.keys)
    for row, layer in zip(rows, record, strict=True):
        assert row.output_shape == layer.shape
        assert row.activation_bytes == layer.values.nbytes
        assert (row.kind, row.operation, row.inputs) == (layer.kind, layer.operation, layer.inputs)
        assert (row.module, row.group) == (layer.module, layer.group)
    assert anatomy.totals(model, spec.input_shape).parameters == sum(value.numel() for value in model.parameters())


class Mixed(nn.Module):
    """Groups, dilation, a transposed convolution, functions with weights of their own, a shared module."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(4, 8, (3, 5), stride=2, groups=2, dilation=(1, 2), bias=False)
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
        self.weight = nn.Parameter(torch.randn(4, 4, 1, 1))
        self.scale = nn.Parameter(torch.ones(4, 1, 1))
        self.fc = nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.conv2d(self.up(self.first(x)), self.weight * self.scale)
        return self.fc(self.fc(y.mean(dim=(2, 3))))


@pytest.mark.parametrize(
    "name", ["lenet5", "resnet18", "googlenet", "densenet121", "efficientnet_lite0", "mobilenet_v3_small"]
)
def test_rows_are_the_same_on_the_meta_device_and_on_zeros(name: str) -> None:
    shape = models.spec(name).input_shape
    on_meta = anatomy.inspect(models.build(name), shape)
    model = models.build(name)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    assert anatomy.inspect(model, shape, run=True) == on_meta
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_macs_are_half_of_what_the_flop_counter_counts() -> None:
    model, x = Mixed(), torch.randn(1, 4, 20, 21)
    with FlopCounterMode(display=False) as counter:
        model(x)
    assert anatomy.totals(model, (4, 20, 21)).macs == counter.get_total_flops() // 2


def test_parameters_count_once_and_where_they_are_used() -> None:
    rows = {row.name: row.parameters for row in anatomy.inspect(Mixed(), (4, 20, 21))}
    assert rows["first"] == 8 * 2 * 15
    assert rows["conv2d"] == 16 + 4
    assert (rows["fc"], rows["fc:1"]) == (20, 0)


def test_the_model_is_not_touched_and_no_weight_is_copied() -> None:
    model = models.build("lenet5").train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    anatomy.inspect(model, (1, 28, 28))
    assert model.training
    assert {value.device.type for value in model.parameters()} == {"cpu"}
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_a_picture_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"does not run on an image of shape \(1, 224, 224\).*another"):
        anatomy.inspect(published("resnet18"), (1, 224, 224))


def test_rows_are_kept_for_each_shape_and_follow_the_model() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU())
    first = anatomy.inspect(model, (1, 8, 8))
    assert anatomy.inspect(model, (1, 8, 8)) is first
    assert anatomy.inspect(model, (1, 9, 9))[1].output_shape == (2, 7, 7)
    model[0] = nn.Conv2d(1, 5, 3)
    assert anatomy.inspect(model, (1, 8, 8))[1].output_shape == (5, 6, 6)


class Blind(nn.Module):
    """Cannot run without data: which way it goes depends on numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(3, 4, 3), nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.conv(x).mean(dim=(2, 3))
        return self.fc(y * 2 if y.sum() > 1e9 else y)


def test_what_needs_numbers_runs_on_zeros_and_has_every_call_as_a_row() -> None:
    rows = anatomy.inspect(Blind(), (3, 8, 8))
    assert [(row.name, row.output_shape, row.parameters, row.macs) for row in rows] == [
        ("input", (3, 8, 8), 0, 0),
        ("conv", (4, 6, 6), 112, 108 * 36),
        ("mean", (4,), 0, 0),
        ("sum", (1,), 0, 0),
        ("gt", (1,), 0, 0),
        ("fc", (2,), 10, 8),
    ]
    assert rows[1].receptive_field.box(2, 3) == (2, 3, 5, 6)


class Windows(nn.Module):
    """Cuts the map into two windows, which stand where the images of a batch do."""

    def __init__(self) -> None:
        super().__init__()
        self.c, self.w, self.h = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 64, 3, padding=1), nn.Conv2d(64, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.c(x)
        y = self.w(torch.cat([y[..., :8], y[..., 8:]]))
        return self.h(torch.cat([y[:1], y[1:]], 3))


def test_layers_that_work_on_windows_have_their_rows_and_their_work() -> None:
    rows = {row.name: row for row in anatomy.inspect(Windows(), (3, 16, 16))}
    assert rows["w"].output_shape == (2, 64, 16, 8)
    assert {key: rows[key].macs for key in "cwh"} == {"c": 256 * 4 * 27, "w": 256 * 64 * 36, "h": 256 * 2 * 64}


def test_attention_has_its_parameters_and_its_work() -> None:
    with torch.device("meta"):
        model = torchvision.models.vit_b_16()
    rows = {row.name: row for row in anatomy.inspect(model, SHAPE)}
    row = rows["encoder.layers.encoder_layer_3.self_attention"]
    assert (row.kind, row.parameters) == ("attention", 4 * 768 * 768 + 4 * 768)
    assert row.macs == 197 * 4 * 768 * 768 + 2 * 12 * 197 * 197 * 64  # four projections, scores, weighted sums
    assert not any(row.macs for row in rows.values() if row.kind == "reshape")


class Setting(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.skip, self.times = nn.Conv2d(3, 3, 3, padding=1), True, [1]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for _ in self.times:
            x = x + self.conv(x) if self.skip else self.conv(x)
        return x


def _replaced(model: nn.Module) -> None:
    model.conv.forward = lambda x: x[:, :1]  # type: ignore[operator, union-attr]


CHANGES: dict[str, Callable[[nn.Module], object]] = {
    "an attribute": lambda model: setattr(model, "skip", False),
    "a list": lambda model: model.times.append(2),  # type: ignore[operator, union-attr]
    "a layer's stride": lambda model: setattr(model.conv, "stride", (1, 2)) or setattr(model, "skip", False),
    "a hook": lambda model: model.register_forward_hook(lambda module, args, output: output[:, :1]),
    "a layer's hook": lambda model: model.conv.register_forward_hook(lambda module, args, output: output * 2),  # type: ignore[operator, union-attr]
    "a forward": _replaced,
    "a layer": lambda model: setattr(model, "conv", nn.Conv2d(3, 3, 5, padding=2)),
    "a weight": lambda model: setattr(model.conv, "bias", None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_rows_are_those_of_the_network_as_it_is_now(change: str) -> None:
    model = Setting()
    anatomy.inspect(model, (3, 8, 8))
    CHANGES[change](model)
    found = anatomy.inspect(model, (3, 8, 8))
    fresh = copy.deepcopy(model)
    record = capture.activations(model, torch.randn(1, 3, 8, 8))
    assert found == anatomy.inspect(fresh, (3, 8, 8))
    assert [(row.name, row.output_shape) for row in found] == [(layer.key, layer.shape) for layer in record]


# ------------------------------------------------------------------------------------------------ fields by gradient
def linearised(model: nn.Module) -> nn.Module:
    """Positive weights, means for maxima, nothing for activations: then whatever is seen has a positive gradient."""
    for name, child in model.named_children():
        if isinstance(child, nn.MaxPool2d):
            setattr(model, name, nn.AvgPool2d(child.kernel_size, child.stride, child.padding, child.ceil_mode))
        elif isinstance(child, (nn.ReLU, nn.Tanh, nn.Sigmoid)):
            setattr(model, name, nn.Identity())
        linearised(child)
    for parameter in model.parameters():
        nn.init.uniform_(parameter, 0.5, 1.5)
    return model.double().eval()


def seen(model: nn.Module, shape: tuple[int, ...], key: str, cell: tuple[int, int, int]) -> np.ndarray:
    """Which pixels [H, W] a cell's gradient reaches, by autograd on the plain module's output."""
    x = torch.randn(1, *shape, dtype=torch.float64, requires_grad=True)
    found: dict[str, torch.Tensor] = {}
    hooks = [
        module.register_forward_hook(lambda _, __, output, name=name: found.__setitem__(name, output))
        for name, module in model.named_modules()
    ]
    model(x)
    for hook in hooks:  # of a module that somebody hooks into, no field is known
        hook.remove()
    value = found[key][0]
    (gradient,) = torch.autograd.grad(value[cell] if value.dim() == 3 else value[cell[0]], x)
    return np.asarray((gradient[0] != 0).any(0))


def clipped(field: Field, cell: tuple[int, int, int], shape: tuple[int, ...]) -> np.ndarray:
    """The field's box as a mask [H, W]."""
    top, left, bottom, right = field.box(*cell[1:])
    mask = np.zeros(shape[1:], dtype=bool)
    mask[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = True
    return mask


def hold(model: nn.Module, shape: tuple[int, ...], key: str, *, borders: bool = False) -> int:
    """Every corner, and the middle: nothing outside the box is seen, and the box is no larger than what is seen.

    The second holds where the box lies inside the image; at its borders too, if only the first layer pads.
    Returns how many cells were held to the second.
    """
    field = anatomy.fields(model, shape)[key]
    size = {row.name: row.output_shape for row in anatomy.inspect(model, shape)}[key]
    rows, columns = (*size[1:], 1, 1)[:2]
    tight = 0
    for row, column in {(0, 0), (0, columns - 1), (rows // 2, columns // 2), (rows - 1, 0), (rows - 1, columns - 1)}:
        cell = (0, row, column)
        there, box = seen(model, shape, key, cell), clipped(field, cell, shape)
        assert not (there & ~box).any(), (key, cell)
        top, left, bottom, right = field.box(row, column)
        inside = top >= 0 and left >= 0 and bottom <= shape[1] and right <= shape[2]
        if not box.any():  # a window that lies in the padding
            assert not there.any(), (key, cell)
        elif field.status == "exact" and (inside or borders):
            np.testing.assert_array_equal(_edges(there), _edges(box), err_msg=f"{key} {cell}")
            tight += 1
    return tight


def _edges(mask: np.ndarray) -> list[np.ndarray]:
    return [np.flatnonzero(mask.any(axis))[[0, -1]] for axis in (1, 0)]


@pytest.mark.parametrize("name", ["lenet5", "net"])
def test_every_node_of_a_small_network_by_its_gradient(name: str) -> None:
    model = linearised(models.build(name))
    shape = models.spec(name).input_shape
    for row in anatomy.inspect(model, shape):
        if row.module:
            tight = hold(model, shape, row.module, borders=True)
            assert tight or row.receptive_field.status == "whole"


class Branches(nn.Module):
    """Branches of different size and padding, a strided shortcut, a concatenation with the input of the block."""

    def __init__(self, k: int, d: int, pad: int, stride: int) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 2, 3, stride=2)
        self.wide = nn.Conv2d(2, 2, (k, 3), stride=stride, dilation=d, padding=(d * (k - 1) // 2 + pad, d))
        self.narrow = nn.Conv2d(2, 2, 1, stride=stride, padding=(pad, 0))
        self.join = nn.Identity()
        self.pool = nn.AvgPool2d(3, 2, 1, ceil_mode=True)
        self.both = nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.stem(x)
        wide, narrow = self.wide(y), self.narrow(y)
        y = self.join(wide + narrow)
        return self.both(torch.cat([self.pool(y), self.pool(y * 2)], 1))


@settings(max_examples=12, deadline=None)
@given(st.sampled_from([1, 3, 5]), st.integers(1, 2), st.integers(0, 1), st.integers(1, 2))
def test_branches_and_shortcuts_by_their_gradients(k: int, d: int, pad: int, stride: int) -> None:
    torch.manual_seed(0)
    model = linearised(Branches(k, d, pad, stride))
    for key in ("wide", "join", "pool", "both"):
        assert hold(model, (1, 51, 40), key)


LAYERS = st.one_of(
    st.builds(
        lambda k, s, p, d: nn.Conv2d(1, 1, k, stride=s, padding=p, dilation=d),
        st.tuples(st.integers(1, 4), st.integers(1, 4)),
        st.tuples(st.integers(1, 3), st.integers(1, 3)),
        st.tuples(st.integers(0, 2), st.integers(0, 2)),
        st.tuples(st.integers(1, 2), st.integers(1, 2)),
    ),
    st.builds(lambda k, d: nn.Conv2d(1, 1, k, padding="same", dilation=d), st.integers(1, 4), st.integers(1, 2)),
    st.builds(lambda k, up: nn.AvgPool2d(k, ceil_mode=up), st.integers(1, 3), st.booleans()),
    st.builds(lambda t, b, l, r: nn.ZeroPad2d((l, r, t, b)), *[st.integers(0, 2)] * 4),
    st.builds(lambda p: nn.Conv2d(1, 1, 3, padding=p, padding_mode="reflect"), st.integers(0, 1)),
    st.builds(lambda p: nn.Conv2d(1, 1, 3, padding=p, padding_mode="replicate"), st.integers(0, 1)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(LAYERS, min_size=1, max_size=4))
def test_chains_of_any_windows_by_their_gradients(layers: list[nn.Module]) -> None:
    torch.manual_seed(0)
    model = linearised(nn.Sequential(*layers))
    shape = (1, 41, 47)
    try:
        model(torch.zeros(1, *shape))
    except RuntimeError:  # drawn larger than the map that is left for it
        return
    key = str(len(layers) - 1)
    rows = {row.name: row.output_shape for row in anatomy.inspect(model, shape)}[key][1:]
    if min(rows) == 0:
        return
    hold(model, shape, key)


# ------------------------------------------------------------------------------------------------ views, and the rest
class Views(nn.Module):
    """Rows and columns wander through the axes, are cropped and thinned out, and come back."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1)
        self.shuffled, self.cropped, self.thinned, self.back = (nn.Identity() for _ in range(4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.conv(x)
        n, _, h, w = y.shape
        y = self.shuffled(y.view(n, 2, 2, h, w).transpose(1, 2).reshape(n, 4, h, w))
        y = self.cropped(y[:, :, 2:, 3:])
        y = self.thinned(y[:, :, ::2, 1::3])
        return self.back(y.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).flatten(0, 0))


@pytest.mark.parametrize("key", ["shuffled", "cropped", "thinned", "back"])
def test_views_move_the_field_along(key: str) -> None:
    model = linearised(Views())
    assert anatomy.fields(model, (4, 17, 19))[key].status == "exact"
    assert hold(model, (4, 17, 19), key)


@pytest.mark.parametrize(
    ("layer", "status", "reason"),
    [
        (nn.AdaptiveAvgPool2d(1), "whole", "whole map"),
        (nn.AvgPool2d(10), "whole", "whole map"),
        (nn.AdaptiveAvgPool2d(5), "exact", ""),
        (nn.AdaptiveAvgPool2d(10), "exact", ""),
        (nn.AdaptiveMaxPool2d(3), "exact", ""),
        (nn.Flatten(), "whole", "flattened"),
        (nn.GroupNorm(2, 4), "whole", "statistics"),
        (nn.InstanceNorm2d(4), "whole", "statistics"),
        (nn.BatchNorm2d(4, track_running_stats=False), "whole", "statistics"),
        (nn.LayerNorm((4, 10, 10)), "whole", "statistics"),
        (nn.Linear(10, 3), "exact", ""),  # a row each
        (nn.LocalResponseNorm(3), "exact", ""),
        (nn.Softmax(dim=1), "exact", ""),
        (nn.Softmax(dim=3), "exact", ""),  # a row each
        (nn.Dropout2d(), "exact", ""),
        (nn.PReLU(4), "exact", ""),
        (nn.Upsample(scale_factor=2), "exact", ""),
        (nn.ConvTranspose2d(4, 4, 2), "exact", ""),
        (nn.Conv2d(4, 4, 3, padding=1, padding_mode="circular"), "exact", ""),
        (nn.Conv2d(4, 4, 3, padding=2, padding_mode="reflect"), "exact", ""),
        (nn.ReflectionPad2d(1), "exact", ""),
        (nn.PixelShuffle(2), "exact", ""),
        (nn.FractionalMaxPool2d(2, output_size=4), "unknown", "no rule for FractionalMaxPool2d"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else None,
)
def test_each_kind_has_its_status(layer: nn.Module, status: str, reason: str) -> None:
    field = anatomy.fields(nn.Sequential(nn.Conv2d(4, 4, 3), layer), (4, 12, 12))["1"]
    assert field.status == status
    assert reason in field.note
    if status == "whole":
        assert field.box(0, 0) == (0, 0, 12, 12)


def test_an_even_adaptive_pooling_is_a_pooling() -> None:
    field = anatomy.fields(nn.Sequential(nn.AdaptiveAvgPool2d((5, 2))), (4, 10, 10))["0"]
    assert field.box(1, 1) == (2, 5, 4, 10)


def test_attention_within_windows_sees_its_window_also_across_the_shift() -> None:
    """Swin: 7 × 7 patches of 4 pixels see one another; then windows moved by 3 patches, which wrap at the border."""
    with torch.device("meta"):
        model = torchvision.models.swin_t()
    fields = anatomy.fields(model, SHAPE)
    assert fields["features.0.0"].size == 4
    first, second = fields["features.1.0.add_1"], fields["features.1.1.add_1"]
    assert (first.status, first.box(8, 20)) == ("exact", (28, 56, 56, 84))
    assert (second.status, second.box(8, 20)) == ("exact", (0, 56, 56, 112))
    assert second.sees((54, 8), (0, 30))
    assert not second.sees((54, 8), (100, 30))
    assert fields["features.7.1.add_1"].status == "whole"


def test_a_vector_has_nothing_to_see_but_itself() -> None:
    assert anatomy.fields(nn.Sequential(nn.Linear(5, 2)), (5,))["0"].status == "whole"


def test_the_input_sees_itself() -> None:
    assert receptive.start((3, 8, 8)).field.box(2, 5) == (2, 5, 3, 6)
