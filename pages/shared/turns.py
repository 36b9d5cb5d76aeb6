"""Reruns take turns: of thirty people who click at once, a few are answered at a time, in the order in which they came.

Python runs one thread at a time. Thirty that are all begun are all answered late, and whoever computes in between,
without holding the interpreter, waits for as long as all the others take until it is given back. A rerun counts for its
first moments alone: one that computes or waits for longer holds nobody up, and nobody can be locked out for good.
"""

from __future__ import annotations

import functools
import heapq
import itertools
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

AT_ONCE = 2  # reruns: while one computes without the interpreter, another has it
COUNTED = 0.2  # seconds: a click takes a third of it
BEHIND = 1.0  # seconds later counts a whole page, and what runs by itself: a click in what is there takes less


class Turns:
    """Who is being answered, and who waits. places: how many at once; counted: seconds that one counts."""

    def __init__(self, places: int, counted: float) -> None:
        self._places, self._counted = places, counted
        self._guard = threading.Lock()
        self._since: dict[threading.Event, float] = {}  # of those who were let in and are still there
        self._waiting: list[tuple[float, int, threading.Event]] = []  # a heap: when each came, its number
        self._numbers = itertools.count()

    @contextmanager
    def taken(self, behind: float = 0.0) -> Iterator[None]:
        """Does what is inside in its turn. behind: as if it had come so many seconds later."""
        me = threading.Event()
        with self._guard:
            heapq.heappush(self._waiting, (time.monotonic() + behind, next(self._numbers), me))
        while (seconds := self._enter(me)) > 0:
            me.wait(None if seconds == math.inf else seconds)
        try:
            yield
        finally:
            with self._guard:
                del self._since[me]
                self._call_next()

    @property
    def waiting(self) -> int:
        """How many have not been let in yet."""
        return len(self._waiting)

    def _enter(self, me: threading.Event) -> float:
        """0.0 where it was let in; else the seconds until it is to ask again, infinite until it is called."""
        with self._guard:
            me.clear()
            if self._waiting[0][2] is not me:
                return math.inf
            now = time.monotonic()
            counting = sorted(since for since in self._since.values() if now - since < self._counted)
            if len(counting) >= self._places:
                return max(1e-3, counting[-self._places] + self._counted - now)  # then one of them counts no more
            heapq.heappop(self._waiting)
            self._since[me] = now
            self._call_next()
            return 0.0

    def _call_next(self) -> None:
        if self._waiting:
            self._waiting[0][2].set()


TURNS = Turns(AT_ONCE, COUNTED)


def take() -> None:
    """Have every rerun of this process take its turn, a fragment's as well; once is enough."""
    run: Any = ScriptRunner._run_script
    if getattr(run, "in_turn", False):
        return

    @functools.wraps(run)
    def in_turn(self: ScriptRunner, rerun_data: Any) -> None:
        clicked = bool(rerun_data.fragment_id or rerun_data.fragment_id_queue) and not rerun_data.is_auto_rerun
        with TURNS.taken(0.0 if clicked else BEHIND):
            run(self, rerun_data)

    in_turn.in_turn = True  # type: ignore[attr-defined]
    ScriptRunner._run_script = in_turn  # type: ignore[method-assign]
