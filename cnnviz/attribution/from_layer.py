"""From one layer on: what stands before it is not computed again.

Whatever is put in a layer's place, only the calls behind it need arithmetic. The others give memory of the right shape
instead, unless something behind the layer reads them. That the network took the very same way is seen afterwards from
the keys of what ran; where it did not, or a call gives several values, everything is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from cnnviz.attribution.asking import AtLayer, AttributionRequest, Slots, differentiating
from cnnviz.tracing import backward


def values(asked: AttributionRequest, made: torch.Tensor) -> torch.Tensor:
    """f of n images whose chosen layer makes `made` [n, C, h, w], whatever stands before it: [n], without gradients."""
    if len(made) > 1 and not asked.are_apart:
        return torch.cat([values(asked, one[None]) for one in made])
    made, skipped = asked.seen(made), _skipped(asked)
    if skipped:
        with torch.no_grad():
            found = _through(asked, made, skipped)
        if found is not None:
            return found
    batch = asked.x.expand(len(made), *asked.x.shape[1:])
    return asked.values(batch, lambda key, compute, args: _put(made, compute) if key == asked.layer else compute())


def slope(asked: AttributionRequest) -> AtLayer | None:
    """(what the chosen layer made of the image, ∂f/∂ of it), both [1, C, h, w], and f, out of what is known already;
    None where that is not known, or everything has to be computed.

    Where the rest of the network treats images one by one, maps of zeros go with it, for the laws: `asked.blank`.
    """
    made = asked.known_maps(asked.layer)
    skipped = frozenset() if made is None else _skipped(asked)
    if made is None or not skipped:
        return None
    both = _are_apart_behind(asked)

    def once() -> AtLayer | None:
        leaf = (torch.cat((made, torch.zeros_like(made))) if both else made.clone()).requires_grad_()
        with _ran(asked, leaf, skipped) as slots:
            if slots is None or not _has_all(asked, slots, len(leaf)):
                return None
            values = asked.of_target(slots)
            found = backward.gradients_by(values.sum(), (leaf,))[0] if values.requires_grad else None
            if both:
                asked.blank[asked.layer] = float(values.detach()[1])
            return made, torch.zeros_like(made) if found is None else found[:1], float(values.detach()[0])

    return differentiating(once)


def _are_apart_behind(asked: AttributionRequest) -> bool:
    """Whether behind the layer stand only calls that weigh and average an image's own numbers, by what they are."""
    return all(_is_apart(asked, key) for key in asked.after(asked.layer))


def _is_apart(asked: AttributionRequest, key: str) -> bool:
    node = asked.nodes[key]
    if asked.shapes[key][:1] != (1,):
        return False
    return type(asked.model.get_submodule(node.module)) in _APART if node.module else asked.labels[key] in _APART_CALLS


_APART = {nn.Linear, nn.Conv2d, nn.AdaptiveAvgPool2d, nn.AvgPool2d, nn.Flatten, nn.Identity, nn.Dropout}
_APART_CALLS = {"linear", "conv2d", "adaptive_avg_pool2d", "avg_pool2d", "mean", "flatten"}


def _has_all(asked: AttributionRequest, slots: Slots, count: int) -> bool:
    """Whether every call behind the layer made something of each image."""
    return all(slots[key].value.shape[:1] == (count,) for key in asked.after(asked.layer)) if count > 1 else True


def _put(made: torch.Tensor, compute: Callable[[], Any]) -> torch.Tensor:
    compute()
    return made.clone()


def _skipped(asked: AttributionRequest) -> frozenset[str]:
    """Keys of the calls that nothing behind the layer reads; empty where it cannot be told that they are not needed."""
    behind = set(asked.after(asked.layer))
    before = {
        key for key in asked.nodes if key not in behind and key != asked.layer and asked.nodes[key].kind != "input"
    }
    read = {one for key in behind for one in asked.nodes[key].inputs}
    alike = all(asked.shapes[key][:1] == (1,) for key in before)  # a number alone may decide the way in Python
    return frozenset(before) if alike and not read & before and before <= asked.whole else frozenset()


def _through(asked: AttributionRequest, made: torch.Tensor, skipped: frozenset[str]) -> torch.Tensor | None:
    with _ran(asked, made, skipped) as slots:
        return None if slots is None else asked.of_target(slots).detach().clone()


@contextmanager
def _ran(asked: AttributionRequest, made: torch.Tensor, skipped: frozenset[str]) -> Iterator[Slots | None]:
    """What ran behind the layer, or None where the network took another way."""
    count = len(made)

    def change(key: str, compute: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        if key == asked.layer:
            return made.clone()
        if key in skipped:
            shape = (count, *asked.shapes[key][1:])
            return _stand_in(args, shape, made)
        return compute()

    way = list(asked.nodes)
    with asked.passed(asked.x.expand(count, *asked.x.shape[1:]), change) as slots:
        yield slots if list(slots) == way[: way.index(asked.stop) + 1] else None


def _stand_in(args: tuple[Any, ...], shape: tuple[int, ...], made: torch.Tensor) -> torch.Tensor:
    """Memory of the right shape in place of a call's result, whatever lies in it: nothing reads it.

    Where what the call was given has the same shape, that: it may be a call that writes over it.
    """
    if args and isinstance(args[0], torch.Tensor) and tuple(args[0].shape) == shape:
        return args[0]
    return made.new_empty(shape)
