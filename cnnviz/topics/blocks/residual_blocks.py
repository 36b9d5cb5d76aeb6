"""Residual blocks of a real network: what is added to what, how long both are, and what is lost without a block.

K. He et al.: Deep Residual Learning (2015), https://arxiv.org/abs/1512.03385. Dropping blocks: A. Veit et al.: Residual
Networks Behave Like Ensembles of Relatively Shallow Networks (2016), https://arxiv.org/abs/1605.06431
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from cnnviz import devices, tracing
from cnnviz.capture import borrowed
from cnnviz.capture.values import array, first_tensor
from cnnviz.records import Activations, Array, Layer
from cnnviz.records.proofs import Proof
from cnnviz.registry import unknown
from cnnviz.topics.blocks import graph
from cnnviz.topics.blocks.records import BlockCost, BlockStage, Kernel, Norms, Shortcut, ShortcutsAlone


class DropError(ValueError):
    """This network cannot be run without a block; the message says why."""


# ------------------------------------------------------------------------------------------------ what is added
def shortcuts(recording: Activations) -> tuple[Shortcut, ...]:
    """Every addition of two maps of equal shape of which one path holds more convolutions than the other."""
    read_by = graph.readers(recording)
    sums = [layer for layer in recording if layer.kind == "addition" and len(set(layer.inputs)) == 2]
    found = (_shortcut(recording, layer, read_by) for layer in sums)
    return tuple(item for item in found if item is not None)


def _shortcut(recording: Activations, layer: Layer, read_by: Mapping[str, tuple[str, ...]]) -> Shortcut | None:
    one, other = (recording[key] for key in layer.inputs)
    if one.shape != other.shape or len(one.shape) != 3:
        return None
    inside = graph.in_group(layer.group)
    paths = [graph.behind(recording, key, inside) for key in layer.inputs]
    weights = [sum(node.kind == "convolution" for node in path) for path in paths]
    if weights[0] == weights[1]:
        return None
    place = int(weights[1] < weights[0])
    short, long = layer.inputs[place], layer.inputs[1 - place]
    path = paths[place]
    kinds = {node.kind for node in path}
    kind = "projection" if "convolution" in kinds else "padding" if "padding" in kinds else "identity"
    x = next((name for node in path for name in node.inputs if recording[name].group != layer.group), short)
    activation = next((key for key in read_by[layer.key] if recording[key].kind == "activation"), "")
    return Shortcut(layer.key, layer.group, x, short, long, activation, kind, place)


def stages(recording: Activations, block: Shortcut) -> tuple[BlockStage, ...]:
    """x, F(x), their sum, and the sum after its activation, where there is one. x as it is added."""
    words = "x" if block.kind == "identity" else f"x, {'projected' if block.kind == 'projection' else 'padded'}"
    found = [
        graph.stage(recording, block.shortcut, words),
        graph.stage(recording, block.branch, "F(x)"),
        graph.stage(recording, block.key, "x + F(x)" if block.kind == "identity" else "sum"),
    ]
    if block.after:
        found.append(graph.stage(recording, block.after, "after " + recording[block.after].operation.split()[0]))
    return tuple(found)


def norms(recording: Activations, blocks: Sequence[Shortcut]) -> tuple[Norms, ...]:
    """The lengths of shortcut, branch and sum in each block."""
    return tuple(_norms(recording, block) for block in blocks)


def _norms(recording: Activations, block: Shortcut) -> Norms:
    x, f, total = (recording[key].values.astype(np.float64) for key in (block.shortcut, block.branch, block.key))
    short, long, both = (float(np.linalg.norm(values)) for values in (x, f, total))
    after = float(np.linalg.norm(recording[block.after].values.astype(np.float64))) if block.after else None
    cosine = float((x * f).sum() / (short * long)) if short * long else 0.0
    return Norms(block.group, block.kind, short, long, both, after, cosine)


def inside(model: nn.Module, recording: Activations, block: Shortcut) -> tuple[Kernel, ...]:
    """The convolutions of F."""
    nodes = graph.behind(recording, block.branch, graph.in_group(block.group))
    return tuple(graph.kernel(model, node) for node in nodes if graph.is_convolution(model, node))


# ------------------------------------------------------------------------------------------------ basic, bottleneck
def designs(channels: int, side: int) -> tuple[tuple[str, tuple[Kernel, ...]], ...]:
    """The two blocks of the ResNet paper (figure 5) at so many channels in and out, on maps of side × side."""
    narrow = max(1, channels // 4)
    basic = ((channels, channels, 3), (channels, channels, 3))
    bottleneck = ((channels, narrow, 1), (narrow, narrow, 3), (narrow, channels, 1))
    return ("basic", _row(basic, side)), ("bottleneck", _row(bottleneck, side))


def _row(plan: tuple[tuple[int, int, int], ...], side: int) -> tuple[Kernel, ...]:
    return tuple(Kernel("", inputs, outputs, (size, size), 1, (side, side)) for inputs, outputs, size in plan)


def counted_designs(channels: int) -> tuple[Proof, ...]:
    """The weights of both designs against torchvision's own blocks of so many channels, built."""
    from torchvision.models.resnet import BasicBlock, Bottleneck

    real = (BasicBlock(channels, channels), Bottleneck(channels, max(1, channels // 4)))
    found = []
    for (name, kernels), module in zip(designs(channels, 1), real, strict=True):
        counted = sum(one.cost.parameters for one in kernels)
        built = sum(weight.numel() for weight in module.parameters() if weight.dim() == 4)
        claim = f"{name}: {counted:,} weights equal those of torchvision's {type(module).__name__}({channels}), built"
        found.append(Proof(claim, float(abs(counted - built)), 0.0))
    return tuple(found)


def projection(inputs: int, channels: int, side: int) -> BlockCost:
    """What a 1×1 convolution in the shortcut costs; an identity or zeros for new channels cost nothing."""
    return Kernel("", inputs, channels, (1, 1), 1, (side, side)).cost


# ------------------------------------------------------------------------------------------------ dropping
def answers(model: nn.Module, x: torch.Tensor, sets: Sequence[Sequence[Shortcut]]) -> tuple[Array, ...]:
    """The network's logits, [classes] float32, once for each set of blocks that pass their shortcut alone.

    x: [1, C, H, W]. The network is borrowed, not written to. Raises DropError where a block is none of the network's.
    """
    devices.tune_allocator()
    example = next(model.parameters())
    x = x.detach().to(example.device, example.dtype)
    with borrowed(model), torch.no_grad():
        with tracing.watched(model, x) as (_, run):
            plain = {step.node.key: step for step in run.steps}
        return tuple(_without(model, x, plain, blocks) for blocks in sets)


def _without(
    model: nn.Module, x: torch.Tensor, plain: Mapping[str, tracing.CallStep], blocks: Sequence[Shortcut]
) -> Array:
    """What stands before the first block that is dropped is taken from the plain pass."""
    if missing := [block.key for block in blocks if block.key not in plain]:
        raise DropError(unknown("addition", missing[0], list(plain)))
    passed = {block.key: block.place for block in blocks}
    order = list(plain)
    first = min((order.index(key) for key in passed), default=0)
    known = {key: plain[key].output for key in order[1:first] if plain[key].whole}

    def change(key: str, compute: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        if key in passed:
            return args[passed[key]]
        return known[key].value.clone() if key in known else compute()

    with tracing.watched(model, x, tracing.Options(change=change)) as (answer, _):
        logits: Array = array(first_tensor(answer)).copy()
    return logits


def each_dropped(model: nn.Module, x: torch.Tensor, blocks: Sequence[Shortcut]) -> ShortcutsAlone:
    """The plain answer, and one for each block dropped alone."""
    plain, *alone = answers(model, x, [(), *((block,) for block in blocks)])
    return ShortcutsAlone(tuple(block.group for block in blocks), plain, tuple(alone))


def by_hook(model: nn.Module, x: torch.Tensor, block: Shortcut, recording: Activations) -> Array:
    """The same drop another way: a hook sets F's last module to zero, so that the addition adds nothing.

    Raises DropError where F does not end in a module of its own.
    """
    name = recording[block.branch].module
    if not name:
        raise DropError("The last step of F is a function: no hook can set it to zero.")
    with borrowed(model), torch.inference_mode():
        handle = model.get_submodule(name).register_forward_hook(lambda module, inputs, output: output * 0)
        try:
            logits: Array = model(x.clone())[0].float().cpu().numpy().copy()
        finally:
            handle.remove()
    return logits
