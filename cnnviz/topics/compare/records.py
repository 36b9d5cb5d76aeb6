"""Networks beside each other: what is published of each, which one fits limits, two block by block, a line of steps."""

from __future__ import annotations

from dataclasses import dataclass

LIMITS = ("file_mb", "macs", "parameters", "accuracy")


@dataclass(frozen=True)
class Candidate:
    """One network with one set of published weights.

    accuracy: ImageNet top-1 in per cent, None where none is published. macs: for one image of `side` pixels.
    file_mb: size of the weights' file, in MiB as torchvision gives it; where none is published, 4 bytes a parameter.
    field: the largest receptive field in pixels before whole-map operations; status as records.Field has it.
    depth: weighted layers on the longest path. source: where the accuracy comes from.
    """

    name: str
    title: str
    family: str
    year: int
    parameters: int
    macs: int
    file_mb: float
    side: int
    accuracy: float | None
    field: int
    status: str
    depth: int
    source: str


@dataclass(frozen=True)
class CostLimits:
    """What a network may cost at most, and how accurate it must be at least; None: no limit."""

    file_mb: float | None = None
    macs: float | None = None
    parameters: float | None = None
    accuracy: float | None = None


@dataclass(frozen=True)
class Loosened:
    """What one limit costs: with it alone moved to `needed`, `gained` becomes possible and is `points` better."""

    limit: str
    asked: float
    needed: float
    gained: Candidate
    points: float


@dataclass(frozen=True)
class Shortlist:
    """ranked: all that keep the limits, best first. front: names that no other beats in accuracy and in every cost."""

    limits: CostLimits
    ranked: tuple[Candidate, ...]
    front: frozenset[str]
    loosened: tuple[Loosened, ...]
    nearest: tuple[Loosened, ...]  # where nothing fits: for each limit, the least move that lets something in


@dataclass(frozen=True)
class Part:
    """One block of a network as a comparison lists it; scale: pixels of the image a cell stands for (0: a vector)."""

    name: str
    operation: str
    count: int
    shape: tuple[int, ...]
    scale: int
    layers: int
    parameters: int
    macs: int
    field: int
    status: str


@dataclass(frozen=True)
class Pair:
    """Two parts that stand beside each other; one is None where the other network has no counterpart."""

    first: Part | None
    second: Part | None

    @property
    def differs(self) -> bool:
        """Whether the two differ in operation, count, shape or multiply-adds, or one is missing."""
        one, other = self.first, self.second
        if one is None or other is None:
            return True
        return (one.operation, one.count, one.shape, one.macs) != (
            other.operation,
            other.count,
            other.shape,
            other.macs,
        )


@dataclass(frozen=True)
class LineStep:
    """One network of a line, and what was changed against the one before."""

    title: str
    change: str
    parameters: int
    macs: int
    field: int
    status: str
    depth: int
    side: int
    name: str = ""  # where it is one of the registered networks
