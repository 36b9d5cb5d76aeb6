"""One operation of a network, and the groups that operations fold into.

Everything inside the outermost block (a module with a `forward` of its own: "layer1.0", "inception3a") is one group;
outside blocks a group begins at each convolution or linear layer, and the normalization, activation, pooling, dropout
and flattening that follow join it.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from torch import nn

STARTS = frozenset({"input", "convolution", "transposed_convolution", "linear"})
_WEIGHTED = STARTS - {"input"} | {"attention"}


class Node(NamedTuple):
    """One operation whose value depends on the image. module: its path, "" for none."""

    name: str
    call: int
    kind: str
    operation: str
    module: str
    inputs: tuple[str, ...]
    group: str

    @property
    def key(self) -> str:
        """The name, with the call's number behind it from the second call on."""
        return self.name if self.call == 0 else f"{self.name}:{self.call}"


class NodePlace(NamedTuple):
    """Where an operation stands: its key, its kind, and the modules around it, outermost first."""

    key: str
    kind: str
    around: tuple[str, ...]


@functools.lru_cache(maxsize=16384)
def prefixes(path: str, *, proper: bool) -> tuple[str, ...]:
    """("a", "a.b", "a.b.c") for "a.b.c"; without the last one if `proper`."""
    atoms = path.split(".") if path else []
    return tuple(".".join(atoms[: count + 1]) for count in range(len(atoms) - proper))


def containers(model: nn.Module) -> frozenset[str]:
    """The paths of the modules that have no `forward` of their own: a Sequential, a list."""
    return frozenset(path for path, module in model.named_modules() if _is_container(module))


def groups(around: Collection[str], places: Sequence[NodePlace]) -> list[str]:
    """The block that each place folds into: see the module's docstring. around: the model's `containers`.

    A block computes with weights (a norm with its activation is none), has a `forward` of its own, and does not
    hold more than half of the network's weighted layers unless nothing inside it is a block.
    """
    inside: Counter[str] = Counter(path for place in places if place.kind in _WEIGHTED for path in place.around)
    weighted = sum(place.kind in _WEIGHTED for place in places)
    blocks = {path for path, count in inside.items() if count and path not in around}
    parents = {outer for path in blocks for outer in prefixes(path, proper=True)}
    wide = {path for path in blocks & parents if 2 * inside[path] > weighted}
    blocks -= wide
    result: list[str] = []
    current = ""
    for place in places:
        block = next((path for path in place.around if path in blocks), "")
        if block:
            result.append(block)
            current = ""
            continue
        if not current or place.kind in STARTS:
            current = place.key
        result.append(current)
    return result


def _is_container(module: nn.Module) -> bool:
    forward = getattr(type(module), "forward", None)  # TorchScript shows none
    return forward is nn.Sequential.forward or forward is nn.Module.forward
