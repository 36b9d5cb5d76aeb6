"""Receptive fields by gradient, node by node: in float64, with weights that cannot cancel, on the network itself.

Weights are positive, biases zero, activations and batch statistics stand still, and maxima become means: whatever a
cell can see then has a positive gradient. Every pixel with one must lie in the box, and the box's edges that are not
clipped by the image's border must be touched.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import numpy as np
import pytest
import torch
import torchvision
from torch import nn

from cnnviz import anatomy, models, tracing
from cnnviz.records import Row
from tests.support.exhaustive import sample

ACTIVATIONS = (nn.ReLU, nn.ReLU6, nn.Tanh, nn.Sigmoid, nn.SiLU, nn.Hardswish, nn.LogSoftmax)
STILL = {"relu", "relu_", "relu6", "tanh", "sigmoid"}  # functions that are left out, as the modules above are
SAMPLED = {  # network → (image's side, nodes)
    "alexnet": (227, 5),
    "vgg16": (112, 5),
    "resnet18": (224, 6),
    "googlenet": (224, 6),
    "densenet121": (128, 6),
    "mobilenet_v2": (160, 6),
    "squeezenet1_1": (160, 6),
    "shufflenet_v2_x0_5": (160, 6),
    "inception_v3": (299, 6),
    "convnext_tiny": (64, 4),
}
EVERY = ("lenet5", "net", "vgg_cifar", "resnet20", "resnet56")


def softened(model: nn.Module) -> nn.Module:
    """In float64, with positive weights; what takes a maximum, bends or normalises lets everything pass."""
    for name, child in model.named_children():
        if isinstance(child, nn.MaxPool2d):
            setattr(model, name, nn.AvgPool2d(child.kernel_size, child.stride, child.padding, child.ceil_mode))
        elif isinstance(child, (*ACTIVATIONS, nn.BatchNorm2d, nn.Dropout)):
            setattr(model, name, nn.Identity())
        softened(child)
    for parameter in model.parameters():
        nn.init.uniform_(parameter, 0.5, 1.5)
        parameter.data /= max(1, parameter[0].numel() if parameter.dim() > 1 else 1)
    return model.double().eval()


def still(key: str, compute: Callable[[], object], args: tuple[object, ...]) -> object:
    """A step as it is, but no activation that is called as a function, and a mean for a maximum."""
    name = key.rpartition(".")[2].rstrip("_0123456789")
    if name in STILL or name in ("layer_norm", "log_softmax"):  # normalised over channels: each cell's own matter
        return args[0]
    if name.startswith("max_pool"):
        with mock.patch.object(torch, "max_pool2d", averaged):
            return compute()
    return compute()


def averaged(x: torch.Tensor, size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool) -> torch.Tensor:
    return torch.nn.functional.avg_pool2d(x, size, stride, padding, ceil_mode)


def seen_by(value: torch.Tensor, row: Row, cell: tuple[int, int], x: torch.Tensor) -> np.ndarray:
    """Which pixels [H, W] have a gradient from a cell, all of its channels together."""
    numbers = value[0]
    if row.is_map:
        numbers = numbers.select(row.axes[0], cell[0]).select(row.axes[1] - (row.axes[1] > row.axes[0]), cell[1])
    (gradient,) = torch.autograd.grad(numbers.sum(), x, retain_graph=True)
    return np.asarray((gradient[0] != 0).any(0))


def edges(mask: np.ndarray) -> tuple[int, int, int, int]:
    """(top, left, bottom, right) around what is set, half-open."""
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    return rows[0], columns[0], rows[-1] + 1, columns[-1] + 1


def held(model: nn.Module, side: int, channels: int, wanted: int | None) -> Iterator[str]:
    """Every node (or `wanted` of them, evenly spread) at three cells; yields the keys that were held to their edges."""
    shape = (channels, side, side)
    known = {row.name: row for row in anatomy.inspect(copy.deepcopy(model), shape)}
    model = softened(model)
    x = torch.rand(1, *shape, dtype=torch.float64, requires_grad=True)
    with tracing.watched(model, x, tracing.Options(change=still)) as (_, run):
        values = {step.node.key: step.output.tensor for step in run.steps}
    keys = [key for key in known if isinstance(values.get(key), torch.Tensor) and values[key].requires_grad]
    if wanted is not None:
        maps = [key for key in keys if known[key].receptive_field.status == "exact" and known[key].is_map]
        keys = [maps[round(place)] for place in np.linspace(1, len(maps) - 1, wanted)]
    for key in keys:
        row = known[key]
        rows, columns = row.cells
        for cell in {(0, columns - 1), (rows // 2, columns // 2), (rows - 1, 0)}:
            _hold(row, cell, seen_by(values[key], row, cell, x), side)
        yield key


def _hold(row: Row, cell: tuple[int, int], there: np.ndarray, side: int) -> None:
    box, clipped = row.receptive_field.box(*cell), row.receptive_field.clipped(*cell, side, side)
    assert there.any(), (row.name, cell)
    found = edges(there)
    outside = (found[0] < clipped[0], found[1] < clipped[1], found[2] > clipped[2], found[3] > clipped[3])
    assert not any(outside), (row.name, cell, found, clipped)
    if row.receptive_field.status == "exact":
        for index in range(4):  # a side that the border clips may lie further in: padding within the network ends there
            if box[index] == clipped[index] and 0 < box[index] < side:
                assert found[index] == box[index], (row.name, cell, found, box)


@pytest.mark.parametrize("name", sample(EVERY, set(EVERY) - {"resnet56"}))
def test_every_node_sees_its_box_and_touches_its_edges(name: str) -> None:
    torch.manual_seed(0)
    spec = models.spec(name)
    keys = list(held(models.build(name), spec.input_shape[1], spec.input_shape[0], None))
    rows = anatomy.inspect(models.build(name), spec.input_shape)
    assert {row.receptive_field.status for row in rows} <= {"exact", "whole"}
    unheld = {row.name for row in rows} - set(keys)
    assert unheld <= {"input"} | {row.name for row in rows if row.kind in ("activation", "dropout", "normalization")}


@pytest.mark.parametrize("name", sample(SAMPLED, set(SAMPLED) - {"inception_v3", "convnext_tiny", "vgg16"}))
def test_a_sample_of_nodes_sees_its_box_and_touches_its_edges(name: str) -> None:
    torch.manual_seed(0)
    side, wanted = SAMPLED[name]
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    model = torchvision.models.get_model(name, weights=None, **options)
    if name in ("alexnet", "vgg16"):
        model.classifier = nn.Identity()  # 100 million weights that see the whole image anyway
    assert len(list(held(model.eval(), side, 3, wanted))) == wanted
