"""What a network of one's own costs, layer by layer, as far as its layers fit; and its code."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from torch import nn

from cnnviz import anatomy
from cnnviz.models import own_stack
from cnnviz.quiz import surveyed
from cnnviz.records import Row
from cnnviz.records.own_model import OwnModel, TriedLayer


def survey(layers: Sequence[own_stack.Layer], input_shape: tuple[int, int, int], classes: int) -> OwnModel:
    """Shapes, parameters, MACs and receptive fields of the layers before the first one that does not fit."""
    steps = own_stack.walk(layers, input_shape, classes)
    fitting = OrderedDict((step.name, step.module) for step in steps if step.module is not None)
    rows: dict[str, Row] = {}
    if fitting:
        rows = {row.name: row for row in anatomy.inspect(nn.Sequential(fitting), input_shape)}
    broken = any(step.problem for step in steps)
    return OwnModel(
        input_shape,
        classes,
        tuple(_tried(step, rows.get(step.name)) for step in steps),
        "" if broken else own_stack.ending(steps, classes),
    )


def _tried(step: own_stack.LayerTrial, row: Row | None) -> TriedLayer:
    if row is None:
        return TriedLayer(step.layer, step.name, step.shape, problem=step.problem)
    written, field = repr(step.module), row.receptive_field
    return TriedLayer(step.layer, step.name, step.shape, written, row.parameters, row.macs, field)


def questions(model: OwnModel) -> list[tuple[str, dict[str, Any]]]:
    """What can be asked of the layers that fit, as plain values: the costs of the largest, and a field."""
    rows = [
        Row(one.name, "", _short(one.module), one.shape, one.parameters, one.macs, 0, one.field)
        for one in model.layers
        if one.field is not None and one.module
    ]
    return surveyed.wanted(rows)


def _short(module: str) -> str:
    """`Conv2d(1, 6, kernel_size=(5, 5), …)` as a layer table writes it; other modules as they are."""
    if found := re.match(r"Conv2d\((\d+), (\d+), kernel_size=\((\d+), (\d+)\)(?:.*?groups=(\d+))?", module):
        groups = f", groups {found[5]}" if found[5] else ""
        return f"Conv2d {found[3]}×{found[4]}, {found[1]} → {found[2]}{groups}"
    found = re.match(r"Linear\(in_features=(\d+), out_features=(\d+)", module)
    return f"Linear {found[1]} → {found[2]}" if found else module


def code(model: OwnModel) -> str:
    """The network in plain PyTorch, with an image through it: runs as it stands."""
    lines = [f'    "{layer.name}": nn.{layer.module},' for layer in model.layers if layer.module]
    shape = ", ".join(map(str, model.input_shape))
    return "\n".join([
        "from collections import OrderedDict", "", "import torch", "from torch import nn", "",
        "model = nn.Sequential(OrderedDict({", *lines, "}))", f"x = torch.randn(1, {shape})",
        'print("output:", list(model(x).shape))' if model.layers and "BatchNorm" not in "".join(lines)
        else 'print("output:", list(model.eval()(x).shape))',
        'print("parameters:", sum(parameter.numel() for parameter in model.parameters()))',
    ])  # fmt: skip
