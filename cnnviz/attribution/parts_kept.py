"""What has finished of a method of many passes that may be ended on its way: asked again, it goes on from there."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import torch

if TYPE_CHECKING:
    from cnnviz.attribution.asking import AttributionRequest

T = TypeVar("T")
MOST = 32_000_000  # bytes of one method's parts: past them a part is computed again


class FinishedPart(NamedTuple):
    """What came of it: one tensor or several; the passes and the seconds that it took."""

    made: object
    passes: int
    seconds: float


@dataclass(eq=False)
class MethodParts:
    """The finished parts of one method on one question, by plain values that say which part it is."""

    found: dict[Hashable, FinishedPart] = field(default_factory=dict)
    bytes: int = 0

    def keep(self, name: Hashable, part: FinishedPart) -> None:
        """A part has finished; it is kept where there is room."""
        size = _bytes(part.made)
        if self.bytes + size <= MOST:
            self.found[name] = part
            self.bytes += size


def once(asked: AttributionRequest, name: Hashable, compute: Callable[..., T], *given: object) -> T:
    """compute(*given), or what came of it when this part finished before. name: which part of the method it is."""
    if asked.begun is None:
        return compute(*given)
    held = asked.begun.found.get(name)
    if held is not None:
        asked.passes += held.passes
        asked.earlier += held.seconds
        return held.made  # type: ignore[return-value]  # one part is always of one kind
    passes, since = asked.passes, time.perf_counter()
    made = compute(*given)
    asked.begun.keep(name, FinishedPart(made, asked.passes - passes, time.perf_counter() - since))
    return made


def _bytes(made: object) -> int:
    parts = made if isinstance(made, tuple) else (made,)
    return sum(one.numel() * one.element_size() for one in parts if isinstance(one, torch.Tensor))
