"""Borrow a network, record what every operation made of an image, and give it back untouched.

What is recorded is exact: each value as its call produced it, whatever later calls wrote over it, and the arithmetic
is the network's own. Every recording is made of the calls that really ran (`tracing`), so nothing is trusted that an
earlier pass found. Gradients come from `torch.autograd.grad` on what was recorded, so no `.grad` is written.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.modules.lazy import LazyModuleMixin

from cnnviz import devices, tracing
from cnnviz.capture import values
from cnnviz.capture.differentiating import Cell, differentiated
from cnnviz.modes import is_compiled
from cnnviz.records import Activations, Array, Layer
from cnnviz.registry import unknown
from cnnviz.tracing import borrowed, in_training, modules_of
from cnnviz.tracing.backward import NoGradients

__all__ = [
    "activations", "as_wanted", "borrowed", "contributions", "gradients", "gradients_of_cell", "layer", "logits",
    "steps",
]  # fmt: skip
_ELSEWHERE = "some of its layers run in threads of their own, and what they make there is not recorded"
_steps: weakref.WeakKeyDictionary[Activations, tracing.Calls] = weakref.WeakKeyDictionary()


# ------------------------------------------------------------------------------------------------ the front door
def activations(model: nn.Module, x: torch.Tensor, *, training: bool = False) -> Activations:
    """What every call of the network made of one image.

    x: [1, C, H, W] (or [1, K]), as the network wants it; it is moved to the model's device and type.
    Returns layers in the order in which they ran, read-only, without the batch axis: [C, H, W] or [K] float32 ([N, D]
    for tokens). A value that does not begin with an axis of one (windows, a squeezed vector) stays as it is.
    float64 stays float64, complex complex; whole numbers and truth values become floats of the same value.
    `note` says so where the network draws at random, runs partly in other threads, or is compiled.
    training: as the network works while it is trained, on this image alone: batch norm takes the image's own mean
    and deviation, dropout drops what seed 0 draws. Nothing of it stays in the network.
    Raises ValueError where x holds another number of images, and in training where a norm has one value a channel.
    """
    devices.tune_allocator()
    with tracing.lent(model) as lent, in_training(model) if training else nullcontext(), torch.no_grad():
        x = _prepared(model, x, lent)
        begin = time.perf_counter()
        with tracing.watched(model, x, belongings=None if training else lent.belongings) as (output, run):
            nodes, calls = tracing.nodes_later(run), run.calls
            answer = values.array(values.first_tensor(output))
            notes = ["it draws random numbers, so another pass may give other values"] if run.drew() else []
            notes += [_ELSEWHERE] if run.is_elsewhere else []
            found = run.memory.belongings.found
            if "is compiled" not in found:
                found["is compiled"] = is_compiled(lent.modules())
            notes += [tracing.compiled.SAID] if found["is compiled"] else []
            seconds = time.perf_counter() - begin
            returned, main = values.returned(output)
            if not training:
                found["is ready"] = True  # in eval mode, and every layer has its shape
    record = Activations.unread(
        lambda: tuple(map(_layer, nodes(), calls.values())), answer,
        note="; ".join(notes), seconds=seconds, outputs=returned, main=main,
    )  # fmt: skip
    _steps[record] = calls
    return record


def steps(model: nn.Module, x: torch.Tensor, recording: Activations) -> dict[str, tracing.CallStep]:
    """The calls behind a recording, with what each was given; run again where the record has been copied since."""
    if recording not in _steps:
        _steps[recording] = _steps[activations(model, x)]
    return _steps[recording].by_key()


def layer(model: nn.Module, x: torch.Tensor, key: str) -> Array:
    """What one node made of one image, as `activations(model, x)[key].values`; the network runs only that far.

    Raises KeyError for a key that the recording does not have.
    """
    x = _prepared(model, x)
    with borrowed(model), torch.no_grad():
        found = tracing.until(model, x, key)
        if found is None:
            with tracing.watched(model, x) as (_, run):
                raise KeyError(unknown("layer", key, [step.node.key for step in run.steps]))
        return values.array(found)


def logits(model: nn.Module, x: torch.Tensor) -> Array:
    """The network's output alone: [classes] float32 for one image x: [1, C, H, W]; the network stays as it was."""
    x = _prepared(model, x)
    with borrowed(model), torch.no_grad(), tracing.watched(model, x) as (output, _):
        return values.array(values.first_tensor(output))


def contributions(model: nn.Module, x: torch.Tensor, target: int) -> dict[str, Array]:
    """How much each channel of each node speaks for a class: Σ over H, W of gradient × activation.

    Returns key -> [C] float64, in the units of the logit; for a piecewise linear network without biases the channels
    of any one cut through it add up to the logit. Zeros for nodes off the path to the target.
    Raises ValueError where one of the network's calls has no derivative (`torch.unique`).
    Source: Grad-CAM's linear term, before its mean (Selvaraju et al., 2017), https://arxiv.org/abs/1610.02391
    """
    found = _differentiated(model, x, target, None)
    return {key: _per_channel(value, gradient) for key, (value, gradient) in found.items()}


def gradients(model: nn.Module, x: torch.Tensor, target: int, keys: Iterable[str]) -> dict[str, Array]:
    """d logit[target] / d value of each of these nodes, with the value's shape, float32. Zeros off the path.

    Raises KeyError for a key that the recording does not have, ValueError for a class that the network does not have.
    """
    found = _differentiated(model, x, target, tuple(keys))
    return {
        key: values.array(torch.zeros_like(value) if gradient is None else gradient)
        for key, (value, gradient) in found.items()
    }


def gradients_of_cell(
    model: nn.Module, x: torch.Tensor, key: str, place: tuple[int, ...], keys: Iterable[str]
) -> dict[str, Array]:
    """d value[place] of a node / d value of each of these nodes, float32: zeros where the cell does not depend on it.

    place: as the recording counts, (channel, row, column) of maps. Raises KeyError for a key that the recording does
    not have, ValueError for a cell outside the node's value.
    """
    found = _differentiated(model, x, (key, place), tuple(keys))
    return {
        key: values.array(torch.zeros_like(value) if gradient is None else gradient)
        for key, (value, gradient) in found.items()
    }


# ------------------------------------------------------------------------------------------------ recording
def _prepared(model: nn.Module, x: torch.Tensor, lent: tracing.Lent | None = None) -> torch.Tensor:
    if x.dim() < 2 or x.shape[0] != 1:
        raise ValueError(
            f"a recording is of one image: asked for a tensor of shape {list(x.shape)}; [1, C, H, W] works"
        )
    if lent is None or lent.belongings is None:  # else a recording has given every layer its shape
        _with_shapes(model, x, modules_of(model) if lent is None else lent.modules())
    return as_wanted(model, x)


def as_wanted(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Images on the model's device and in the type of its parameters (half precision, float64), to call it with."""
    example = next((value for value in model.parameters() if value.is_floating_point()), None)
    if example is None or not x.is_floating_point():
        return x.detach() if example is None else x.detach().to(example.device)
    return x.detach().to(example.device, example.dtype)


def _with_shapes(model: nn.Module, x: torch.Tensor, modules: Iterable[nn.Module]) -> None:
    """Lazy layers, which have no weights before their first input, get them from x: what is recorded must be theirs."""
    kinds = set(map(type, modules))
    if not any(issubclass(kind, LazyModuleMixin) for kind in kinds):
        return
    with borrowed(model), torch.no_grad():
        model(x.detach())


def _layer(node: tracing.Node, slot: tracing.Slot) -> Layer:
    return Layer(*node, values.array(slot.value))


def _differentiated(
    model: nn.Module, x: torch.Tensor, target: int | Cell, keys: tuple[str, ...] | None
) -> dict[str, tuple[torch.Tensor, Any]]:
    devices.tune_allocator()
    x = _prepared(model, x)
    with borrowed(model), torch.inference_mode(False), torch.enable_grad():
        try:
            return differentiated(model, x, target, keys)
        except NoGradients as why:
            raise ValueError(
                f"there are no gradients of {type(model).__name__}: PyTorch cannot differentiate one of its calls "
                f"({why}); its values can be recorded"
            ) from why


def _per_channel(value: torch.Tensor, gradient: torch.Tensor | None) -> Array:
    numbers = values.without_batch(_dense(value))
    if gradient is None or not numbers.numel():
        return np.zeros(numbers.shape[0])
    product = numbers.cpu().double() * values.without_batch(_dense(gradient)).cpu().double()  # Apple's GPUs: no float64
    array: Array = product.reshape(len(product), -1).sum(1).numpy()
    return array


def _dense(value: torch.Tensor) -> torch.Tensor:
    return value if value.layout == torch.strided else value.to_dense()
