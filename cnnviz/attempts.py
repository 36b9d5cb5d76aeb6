"""Guesses at a secret are bounded: so many in a time for each who tries, and so many for all of them together.

A visitor is a name that can be new at any time (a cleared cookie), so the second bound is the one that holds.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable


class Attempts:
    """each: attempts of one who tries; together: of all; within so many seconds. clock: seconds that only grow.

    >>> attempts = Attempts(each=2, together=3, seconds=60, clock=lambda: 0.0)
    >>> [attempts.take("anna") for _ in range(3)], attempts.take("ben"), attempts.take("carla")
    ([0.0, 0.0, 60.0], 0.0, 60.0)
    """

    def __init__(
        self, *, each: int, together: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._each, self._together, self._seconds, self._clock = each, together, seconds, clock
        self._guard = threading.Lock()
        self._taken: deque[tuple[float, str]] = deque()  # no more than `together`: what is refused is not kept

    def take(self, who: str) -> float:
        """One attempt: 0.0 where it may be made, which counts it; else the seconds until it may be."""
        with self._guard:
            now = self._clock()
            while self._taken and now - self._taken[0][0] >= self._seconds:
                self._taken.popleft()
            own = [when for when, name in self._taken if name == who]
            waits = [own[0]] if len(own) >= self._each else []
            if len(self._taken) >= self._together:
                waits.append(self._taken[0][0])
            if waits:
                return max(waits) + self._seconds - now
            self._taken.append((now, who))
            return 0.0

    def forgive(self, who: str) -> None:
        """Theirs no longer count: one was right."""
        with self._guard:
            self._taken = deque(one for one in self._taken if one[1] != who)
