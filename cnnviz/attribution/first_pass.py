"""What is known of a network once the image has gone through it, whatever is asked of it then.

It holds neither the network nor the image's maps but the last ones, so that a page may keep it for the next target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from cnnviz import tracing
from cnnviz.attribution import stops
from cnnviz.outputs import tensors

MOST = 1 << 24


@dataclass(frozen=True, eq=False)
class FirstPass:
    """nodes, shapes, labels: of every call that ran, by key; shapes with the one image in front. whole: the calls that
    gave one value. end: the main output. returned: the key of the call that made it, "" where none did. kept: bytes of
    all values together, largest: of the largest. weights: of the network's own.
    apart: by the key that a target is read at, whether images that go through together stay apart, where it was seen.
    last: the key of the last maps with more than one cell, and they [1, C, h, w]: the class activation maps need no
    second pass; empty where they take more than `MOST` bytes.
    """

    nodes: dict[str, tracing.Node]
    shapes: dict[str, tuple[int, ...]]
    labels: dict[str, str]
    whole: frozenset[str]
    end: torch.Tensor
    returned: str
    kept: int
    largest: int
    weights: int
    apart: dict[str, bool] = field(default_factory=dict)
    last: dict[str, torch.Tensor] = field(default_factory=dict)


def of(model: nn.Module, steps: Sequence[tracing.CallStep], returned: Any) -> FirstPass:
    """Out of a run's steps and what the network returned; call it before the network runs again."""
    end = tensors.main(returned)
    sizes = [_bytes(step.output.value) for step in steps]
    return FirstPass(
        {step.key: step.node for step in steps},
        {step.key: tuple(step.output.value.shape) for step in steps},
        {step.key: step.label for step in steps},
        frozenset(step.key for step in steps if step.whole),
        end.detach().clone(),
        stops.made({step.key: step.output for step in steps}, end),
        sum(sizes), max(sizes), sum(map(_bytes, model.parameters())), last=_last_maps(steps),
    )  # fmt: skip


def _last_maps(steps: Sequence[tracing.CallStep]) -> dict[str, torch.Tensor]:
    for step in reversed(steps):
        shape = step.output.value.shape
        if step.node.kind != "input" and len(shape) == 4 and shape[2] * shape[3] > 1:
            value = step.output.value
            return {step.key: value.detach().clone()} if step.whole and _bytes(value) <= MOST else {}
    return {}


def _bytes(value: torch.Tensor) -> int:
    return int(value.numel() * value.element_size())
