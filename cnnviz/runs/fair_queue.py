"""The queue of runs: visitors take turns, and the runs of one visitor keep their order."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Waiting:
    """A run that waits. module: whose work(folder) does it. owner: whose it is, "" for nobody's.

    seconds: how long it may take once it has begun. teacher: whether its owner is one, whose work sees everybody's.
    """

    folder: Path
    module: str
    owner: str = ""
    seconds: float = math.inf
    teacher: bool = False


class FairQueue:
    """Whoever has stood at the head of their own runs for longest is next: since they came, or since their last run
    began. A visitor is no more than a name that can be new at any time, so a new one waits behind all who came before;
    only whose run began last stands behind them, too.

    >>> queue = FairQueue()
    >>> for name, owner in (("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b")):
    ...     queue.add(Waiting(Path(name), "module", owner))
    >>> [one.folder.name for one in queue]
    ['a1', 'b1', 'a2', 'a3']
    """

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._since: dict[str, float] = {}  # owner → turn since which the first of theirs waits
        self._turns = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, folder: object) -> bool:
        return any(one.folder == folder for one in self._waiting)

    def __iter__(self) -> Iterator[Waiting]:
        """Those that wait, in the order in which they will begin as things stand."""
        left, since = list(self._waiting), dict(self._since)
        for turn in range(self._turns + 1, self._turns + 1 + len(left)):
            one = _next(left, since)
            left.remove(one)
            since[one.owner] = turn
            yield one

    def add(self, one: Waiting) -> None:
        """A further run, behind the others of its visitor."""
        if not self.of(one.owner):
            self._since[one.owner] = max(self._since.get(one.owner, 0.0), self._turns - 0.5)
        self._waiting.append(one)

    def next(self) -> Waiting | None:
        """The run whose turn it is; it stays in the queue."""
        return _next(self._waiting, self._since) if self._waiting else None

    def begin(self, one: Waiting) -> None:
        """Its turn is taken: it leaves the queue."""
        self._waiting.remove(one)
        self._turns += 1
        self._since[one.owner] = self._turns
        there = {left.owner for left in self._waiting} | {one.owner}
        self._since = {owner: since for owner, since in self._since.items() if owner in there}

    def remove(self, folder: Path) -> None:
        """It waits no longer, and took no turn."""
        self._waiting = [one for one in self._waiting if one.folder != folder]

    def clear(self) -> None:
        """Nobody waits any more."""
        self._waiting.clear()

    def place(self, folder: Path) -> int:
        """1 for the next to begin; 0 where it does not wait."""
        return next((place for place, one in enumerate(self, 1) if one.folder == folder), 0)

    def of(self, owner: str) -> int:
        """How many runs of this visitor wait."""
        return sum(one.owner == owner for one in self._waiting)


def _next(waiting: list[Waiting], since: dict[str, float]) -> Waiting:
    return min(waiting, key=lambda one: since[one.owner])  # the first of several: they stand in their order
