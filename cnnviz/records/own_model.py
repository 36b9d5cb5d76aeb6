"""A network of one's own: each layer as it was tried, and a file of weights as it was compared."""

from __future__ import annotations

from dataclasses import dataclass

from cnnviz.records.fields import Field


@dataclass(frozen=True)
class TriedLayer:
    """shape: after it, without the batch axis. problem: why it does not fit; "" also where it was not reached.

    module: as Python writes it, "Conv2d(1, 6, kernel_size=(5, 5), …)"; "" where there is none.
    """

    layer: tuple[object, ...]
    name: str
    shape: tuple[int, ...]
    module: str = ""
    parameters: int = 0
    macs: int = 0
    field: Field | None = None
    problem: str = ""


@dataclass(frozen=True)
class OwnModel:
    """ending: why it does not classify although every layer fits, or ""."""

    input_shape: tuple[int, int, int]
    classes: int
    layers: tuple[TriedLayer, ...]
    ending: str = ""

    @property
    def works(self) -> bool:
        """Whether every layer fits the one before it and the last gives one number a class."""
        return bool(self.layers) and not self.ending and not any(layer.problem for layer in self.layers)

    @property
    def parameters(self) -> int:
        """Parameters of all layers together."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def macs(self) -> int:
        """Multiply-adds of all layers together, for one image."""
        return sum(layer.macs for layer in self.layers)


@dataclass(frozen=True)
class NamedTensor:
    """One name of a file or of a network. state: "fits", "missing", "unexpected", "wrong shape", "wrong type"."""

    name: str
    state: str
    wanted: str = ""
    found: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Compared:
    """A file of weights beside a network. said: what has to be done to make it fit, each a phrase."""

    rows: tuple[NamedTensor, ...]
    said: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether every tensor of the file fits the network."""
        return all(row.state == "fits" for row in self.rows)
