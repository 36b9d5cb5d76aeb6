"""A network as a graph that folds: operations, the units and blocks around them, and what each of them reads."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.fields import Field

FORMS = ("layer", "unit", "block", "repeat")


@dataclass(frozen=True)
class Item:
    """One box of the graph.

    form: "layer" (one operation), "unit" (a weighted layer with the normalisation and activation that follow it),
    "block" (a module with several parts), "repeat" (neighbours that are built alike, shown once with ×count).
    name: an operation's key, a module's path, or "first … last".
    operation: "Conv2d 3×3, 64 → 64", or the module's class.
    parent: index of the box around it, −1 outside. children: indices, in the order in which they run; none for a layer.
    reads: a layer's sources, as indices of layers. shape, field: of the last operation inside.
    parameters, macs, activation_bytes (what its operations make for one image), layers: sums over everything inside.
    same: the repeated ones are equal, not only alike.
    """

    name: str
    form: str
    kind: str
    operation: str
    parent: int
    children: tuple[int, ...]
    reads: tuple[int, ...]
    shape: tuple[int, ...]
    parameters: int
    macs: int
    activation_bytes: int
    layers: int
    field: Field
    count: int = 1
    same: bool = True


@dataclass(frozen=True)
class Graph:
    """items: every box; roots: the ones around which there is none, in order. Connections are those of one run."""

    items: tuple[Item, ...]
    roots: tuple[int, ...]

    @property
    def layers(self) -> tuple[Item, ...]:
        """The operations that are layers, without values and groups."""
        return tuple(item for item in self.items if item.form == "layer")
