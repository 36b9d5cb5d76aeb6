"""What a network will cost in memory, known before it is built, and refused where there is not so much.

Its weights and the values of all its operations for one image, on the meta device: shapes without numbers.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cnnviz import anatomy, failures, limits, memory, models

SMALL = 1 / 32  # of what is free: so much is begun without asking for the feature maps, and without waiting for others
SPARE = 1.5  # of weights and maps: reading a file of weights, and what a page makes of the maps
PATIENCE, AGAIN = 15.0, 0.5  # seconds of waiting for memory that others have in their hands, and between two looks
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

    Where others who are being answered have it in their hands, it is waited for a while. Raises TooLarge; KeyError and
    models.ModelError as `models.build` does.
    """
    there = memory.now()
    if there is None or weights(name) * SPARE <= there.free * SMALL:
        yield
        return
    late = time.monotonic() + PATIENCE
    with _large:
        _refuse(name, of(name), late)
        yield


def _refuse(name: str, cost: Footprint, late: float) -> None:
    """late: until when to wait, so that of several who wait none waits for all the others' patience."""
    if _can_come_back(cost):  # else nobody's work is thrown away for it
        _give_back(cost)
        while _can_come_back(cost) and time.monotonic() < late:
            time.sleep(AGAIN)
        _give_back(cost)
    there = memory.now()
    if there is not None and cost.needed > there.allowed:
        error = TooLarge(
            f"{models.title(name)} needs about {memory.words(cost.needed)} of memory "
            f"({memory.words(cost.weights)} of weights, {memory.words(cost.maps)} of feature maps), and "
            f"{memory.words(there.allowed)} of {memory.words(there.limit)} can be had here now; a smaller network works"
        )
        failures.note("a network was refused", error, remedy="A machine or a container with more memory opens it.")
        raise error


def _can_come_back(cost: Footprint) -> bool:
    """Whether it does not fit now, and would if this process gave back all but what a server has that keeps nothing."""
    there = memory.now()
    if there is None or cost.needed <= there.allowed:
        return False
    return cost.needed <= there.allowed + max(0, memory.resident() - limits.BARE_MB * 1_000_000)


def _give_back(cost: Footprint) -> None:
    """What is kept goes, as much as it takes; nothing where it fits."""
    if _relieve and not _fits(cost):
        _relieve[0](lambda: _fits(cost))


def _fits(cost: Footprint) -> bool:
    there = memory.now()
    return there is None or cost.needed <= there.allowed
