"""What a network will cost in memory, known before it is built, and refused where there is not so much.

Its weights and the values of all its operations for one image, on the meta device: shapes without numbers.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cnnviz import anatomy, failures, memory, models

SMALL = 1 / 32  # of what is free: so much is begun without asking for the feature maps, and without waiting for others
SPARE = 1.5  # of weights and maps: reading a file of weights, and what a page makes of the maps
_large = threading.Lock()
_relieve: list[Callable[[Callable[[], bool]], object]] = []


class TooLarge(models.ModelError):
    """A network that needs more memory than there is: how much it needs, how much there is, what would work."""


@dataclass(frozen=True)
class Footprint:
    """Bytes: of weights and buffers, and of every operation's values for one image."""

    weights: int
    maps: int

    @property
    def needed(self) -> int:
        """With what building and showing takes besides."""
        return int((self.weights + self.maps) * SPARE)


def relieve_by(give_back: Callable[[Callable[[], bool]], object]) -> None:
    """Have this called where memory is short, before something is refused: it gives back what is kept.

    give_back: gets a question, whether it is enough by now, and gives no more back than that takes.
    """
    _relieve[:] = [give_back]


@functools.lru_cache(maxsize=256)
def weights(name: str) -> int:
    """Bytes of a listed network's parameters and buffers. Raises KeyError and models.ModelError."""
    model = models.shadow(name)
    return sum(value.numel() * value.element_size() for value in (*model.parameters(), *model.buffers()))


@functools.lru_cache(maxsize=256)
def of(name: str) -> Footprint:
    """What a listed network costs with its own input. Raises KeyError and models.ModelError."""
    try:
        maps = anatomy.totals(models.shadow(name), models.spec(name).input_shape).activation_bytes
    except (RuntimeError, NotImplementedError, ValueError, TypeError):
        maps = weights(name)  # it computes with numbers on its way: an estimate, so that it is not let in unasked
    return Footprint(weights(name), maps)


@contextlib.contextmanager
def admitted(name: str) -> Iterator[None]:
    """Build the network in this block: large ones one after another, and only where there is memory for it.

    Raises TooLarge; KeyError and models.ModelError as `models.build` does.
    """
    there = memory.now()
    if there is None or weights(name) * SPARE <= there.free * SMALL:
        yield
        return
    with _large:
        _refuse(name, of(name))
        yield


def _refuse(name: str, cost: Footprint) -> None:
    there = memory.now()
    helps = there is not None and there.allowed < cost.needed <= there.allowed + memory.resident()
    if helps and _relieve:  # else all that this process has would not be enough: nobody's work is thrown away for it
        _relieve[0](lambda: _fits(cost))
        there = memory.now()
    if there is not None and cost.needed > there.allowed:
        error = TooLarge(
            f"{models.title(name)} needs about {memory.words(cost.needed)} of memory "
            f"({memory.words(cost.weights)} of weights, {memory.words(cost.maps)} of feature maps), and "
            f"{memory.words(there.allowed)} of {memory.words(there.limit)} can be had here now; a smaller network works"
        )
        failures.note("a network was refused", error, remedy="A machine or a container with more memory opens it.")
        raise error


def _fits(cost: Footprint) -> bool:
    there = memory.now()
    return there is None or cost.needed <= there.allowed
