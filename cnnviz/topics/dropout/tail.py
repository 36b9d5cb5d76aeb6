"""A network run on from one of its layers, whose recorded output was multiplied by something first.

What does not depend on the layer is taken from the recording, the rest runs. Where that cannot be (a reshape that
counts on one image, say), by a forward hook on the layer's module, and the whole network runs.
"""

from __future__ import annotations

import operator
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from cnnviz import capture, tracing
from cnnviz.capture.values import first_tensor
from cnnviz.records import Activations, Array


class TailError(ValueError):
    """The network cannot be run on from that layer; the message says what to choose instead."""


@dataclass(frozen=True, eq=False)
class Passed:
    """logits: [B, classes]; following: [B, …] of the layer that was asked for, or [B, 0]. float32."""

    logits: Array
    following: Array


# ------------------------------------------------------------------------------------------------ from the recording
def by_graph(model: nn.Module, recording: Activations, key: str, factors: Array, following: str) -> Passed | None:
    """None where the network cannot be run on from there."""
    picture = torch.tensor(recording["input"].values)[None]
    with tracing.borrowed(model), torch.no_grad():
        steps = capture.steps(model, picture, recording)
        if key not in steps or not steps[key].whole:
            return None
        try:
            output, seen = _tail(model, steps, key, factors, following)
        except (RuntimeError, TypeError, ValueError, IndexError):
            return None  # the network itself can still run
        return Passed(_numbers(first_tensor(output)), _numbers(torch.zeros(len(factors), 0) if seen is None else seen))


def _tail(
    model: nn.Module, steps: Mapping[str, tracing.CallStep], key: str, factors: Array, following: str
) -> tuple[Any, torch.Tensor | None]:
    """The output and the layer that was asked for, where `key` gives its recorded value times each of the factors."""
    count = len(factors)
    dependent = _dependent(steps, key)
    known = {name: _rows(step.output.value, count) for name, step in steps.items() if _is_known(step, dependent)}
    start = _batch(steps[key].output.value, factors)

    def change(name: str, compute: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        if name == key:
            return start
        return known[name] if name in known else compute()

    x = start if key == "input" else _rows(steps["input"].output.value, count)
    with tracing.watched(model, x, tracing.Options(change=change)) as (output, run):
        found = [step.output.value for step in run.steps if step.node.key == following]
        return output, found[0] if found else None


def _dependent(steps: Mapping[str, tracing.CallStep], key: str) -> set[str]:
    found = {key}
    for name, step in steps.items():
        if any(source in found for source in step.node.inputs):
            found.add(name)
    return found


def _is_known(step: tracing.CallStep, dependent: set[str]) -> bool:
    return step.node.key not in dependent and step.whole and step.node.kind != "input"


def _rows(value: torch.Tensor, count: int) -> torch.Tensor:
    """The value of one image for as many; no memory is filled."""
    if value.dim() < 2 or value.shape[0] != 1:
        raise ValueError("a value without an axis for images")
    return value.expand(count, *value.shape[1:])


# ------------------------------------------------------------------------------------------------ by a hook
def by_hook(model: nn.Module, recording: Activations, key: str, factors: Array, following: str) -> Passed:
    """The network itself on as many copies of the image, the layer's module multiplying its output. No hook stays.

    Raises: TailError where the layer is no module, or the one to be watched is none.
    """
    for wanted in (key, following):
        if wanted and not recording[wanted].module:
            raise TailError(f"{wanted} is no module of its own: choose a layer that is one.")
    with tracing.borrowed(model), torch.inference_mode():
        seen: list[torch.Tensor] = []
        scale = torch.from_numpy(factors)
        picture = torch.tensor(recording["input"].values)[None]
        example = next(model.parameters(), picture)
        picture = picture.repeat(len(factors), *(1,) * (picture.dim() - 1)).to(example)
        handles = [_hook(model, recording, key, lambda value: value * scale.to(value))]
        try:
            if following:
                handles.append(_hook(model, recording, following, lambda value: seen.append(value.clone())))
            output = first_tensor(model(picture))
        finally:
            for handle in handles:
                handle.remove()
    return Passed(_numbers(output), _numbers(seen[0] if seen else torch.zeros(len(factors), 0)))


def _hook(model: nn.Module, recording: Activations, key: str, work: Any) -> Any:
    """`work` on the module's output in the call that was recorded, in this thread alone."""
    layer, thread, calls = recording[key], threading.get_ident(), [0]

    def hook(module: nn.Module, inputs: Any, output: Any) -> Any:
        if threading.get_ident() != thread:
            return None
        calls[0] += 1
        return work(output) if calls[0] == layer.call + 1 else None

    found: nn.Module = operator.attrgetter(layer.module)(model)
    return found.register_forward_hook(hook)


# ------------------------------------------------------------------------------------------------ small things
def _batch(value: torch.Tensor, factors: Array) -> torch.Tensor:
    """The layer's recorded output times each factor, on its device and in its type."""
    return _rows(value, len(factors)) * torch.from_numpy(factors).to(value)


def _numbers(value: torch.Tensor) -> Array:
    array: Array = value.detach().to("cpu", torch.float32).numpy()
    return array
