"""What is known of a network once the image has gone through it, whatever is asked of it then.

It holds neither the network nor the image's maps, so that a page may keep it for the next target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from cnnviz import tracing


@dataclass(frozen=True, eq=False)
class FirstPass:
    """nodes, shapes, labels: of every call that ran, by key; shapes with the one image in front. whole: the calls that
    gave one value. end: the output. kept: bytes of all values together, largest: of the largest. weights: of the
    network's own.
    """

    nodes: dict[str, tracing.Node]
    shapes: dict[str, tuple[int, ...]]
    labels: dict[str, str]
    whole: frozenset[str]
    end: torch.Tensor
    kept: int
    largest: int
    weights: int


def of(model: nn.Module, steps: Sequence[tracing.CallStep]) -> FirstPass:
    """Out of a run's steps; call it before the network runs again."""
    sizes = [_bytes(step.output.value) for step in steps]
    return FirstPass(
        {step.key: step.node for step in steps},
        {step.key: tuple(step.output.value.shape) for step in steps},
        {step.key: step.label for step in steps},
        frozenset(step.key for step in steps if step.whole),
        steps[-1].output.value.detach().clone(),
        sum(sizes), max(sizes), sum(map(_bytes, model.parameters())),
    )  # fmt: skip


def _bytes(value: torch.Tensor) -> int:
    return int(value.numel() * value.element_size())
