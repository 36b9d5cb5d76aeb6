"""How much may be recorded at once: thirty networks of 100 MB each in thirty threads, on two cores, helped nobody.

Recordings take their turn by bytes: large ones wait, in the order in which they came, until what is under way leaves
room. Small ones never wait, so that nobody's LeNet stands behind somebody's VGG.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

KNOWN = 1000  # networks whose size is remembered


class RecordingRoom:
    """The recordings under way. most: bytes of all large ones together. small: bytes up to which nobody waits."""

    def __init__(self, most: int, small: int) -> None:
        self._most, self._small = most, small
        self._changed = threading.Condition()
        self._taken = 0
        self._waiting: deque[object] = deque()
        self._sizes: dict[str, int] = {}  # of a network's recording, as it was found last

    @contextmanager
    def of(self, choice: str, guess: int) -> Iterator[None]:
        """Record a network inside. guess: bytes, where it was not recorded before. One alone always has room."""
        size = self._sizes.get(choice, guess)
        if size <= self._small:
            yield
            return
        turn = object()
        with self._changed:
            self._waiting.append(turn)
            self._changed.notify_all()
            try:
                self._changed.wait_for(lambda: self._waiting[0] is turn and self._fits(size))
                self._taken += size
            finally:
                self._waiting.remove(turn)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._taken -= size
                self._changed.notify_all()

    def found(self, choice: str, size: int) -> None:
        """The bytes that this network's recording really has."""
        if choice not in self._sizes and len(self._sizes) >= KNOWN:
            self._sizes.clear()
        self._sizes[choice] = size

    def _fits(self, size: int) -> bool:
        return not self._taken or self._taken + size <= self._most
