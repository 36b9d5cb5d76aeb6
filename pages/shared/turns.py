"""Reruns take turns: of thirty people who click at once, a few are answered at a time, in the order in which they came.

Python runs one thread at a time. Thirty that are all begun are all answered late, and whoever computes in between,
without holding the interpreter, waits for as long as all the others take until it is given back. A rerun counts for its
first moments alone: one that computes or waits for longer holds nobody up, and nobody can be locked out for good.
Where memory is short it counts for as long as it takes, within reason: what thirty hold in their hands at once, a
network and a recording each, no cache can give back. Who waits for more than a moment is told their place.
"""

from __future__ import annotations

import functools
import heapq
import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from pages.shared import kept_bytes, place_in_line

AT_ONCE = 2  # reruns: while one computes without the interpreter, another has it
COUNTED = 0.2  # seconds: a click takes a third of it
COUNTED_IF_SHORT = 20.0  # seconds, where memory is short: a zip that is read for a minute must not stop everybody
AGAIN = 0.5  # seconds until whoever is next looks whether memory is still short
UNTOLD = 1.0  # seconds that somebody waits before the page says how many are before them, and until it says so again
BEHIND = 1.0  # seconds later counts a whole page, and what runs by itself: a click in what is there takes less


class Turns:
    """Who is being answered, and who waits.

    places: how many at once; counted: seconds that one counts. short: asked each time: seconds that it counts at least.
    """

    def __init__(self, places: int, counted: float, *, short: Callable[[], float] = lambda: 0.0) -> None:
        self._places, self._shortest, self._short = places, counted, short
        self._guard = threading.Lock()
        self._since: dict[threading.Event, float] = {}  # of those who were let in and are still there
        self._waiting: list[tuple[float, int, threading.Event]] = []  # a heap: when each came, its number
        self._numbers = itertools.count()

    @contextmanager
    def taken(self, behind: float = 0.0, say: Callable[[int | None], None] | None = None) -> Iterator[None]:
        """Does what is inside in its turn. behind: as if it had come so many seconds later.

        say: called with how many will be let in before, whenever that is another number, once the wait is longer than
        a moment; and with None when the turn has come.
        """
        me = threading.Event()
        with self._guard:
            heapq.heappush(self._waiting, (time.monotonic() + behind, next(self._numbers), me))
        try:
            self._wait(me, say)
        except BaseException:  # whoever gives up must not stand before the others for good
            self._leave(me)
            raise
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

    def _wait(self, me: threading.Event, say: Callable[[int | None], None] | None) -> None:
        """Until it is let in."""
        told: int | None = None
        due = time.monotonic() + UNTOLD if say else math.inf
        while (seconds := self._enter(me)) > 0:
            if say and time.monotonic() >= due:
                if (before := self._before(me)) != told:
                    say(before)
                told, due = before, time.monotonic() + UNTOLD
            seconds = min(seconds, max(1e-3, due - time.monotonic()))
            me.wait(None if seconds == math.inf else seconds)
        if say and told is not None:
            say(None)

    def _before(self, me: threading.Event) -> int:
        """How many will be let in before this one, as things stand."""
        with self._guard:
            return next(place for place, one in enumerate(sorted(self._waiting)) if one[2] is me)

    def _enter(self, me: threading.Event) -> float:
        """0.0 where it was let in; else the seconds until it is to ask again, infinite until it is called."""
        with self._guard:
            me.clear()
            if self._waiting[0][2] is not me:
                return math.inf
            now, counted = time.monotonic(), max(self._shortest, self._short())
            counting = sorted(since for since in self._since.values() if now - since < counted)
            if len(counting) >= self._places:  # one of them counts no more then; memory may do sooner
                return max(1e-3, min(counting[-self._places] + counted - now, AGAIN))
            heapq.heappop(self._waiting)
            self._since[me] = now
            self._call_next()
            return 0.0

    def _leave(self, me: threading.Event) -> None:
        with self._guard:
            self._waiting = [one for one in self._waiting if one[2] is not me]
            heapq.heapify(self._waiting)
            self._call_next()

    def _call_next(self) -> None:
        if self._waiting:
            self._waiting[0][2].set()


def _while_memory_is_short() -> float:
    """Seconds that a rerun counts for the sake of memory."""
    return COUNTED_IF_SHORT if kept_bytes.is_full() else 0.0


TURNS = Turns(AT_ONCE, COUNTED, short=_while_memory_is_short)


def take() -> None:
    """Have every rerun of this process take its turn, a fragment's as well; once is enough.

    A Streamlit that runs scripts by another method is left as it is.
    """
    run: Any = getattr(ScriptRunner, "_run_script", None)
    if run is None or getattr(run, "in_turn", False):
        return

    @functools.wraps(run)
    def in_turn(self: ScriptRunner, rerun_data: Any) -> None:
        clicked = bool(rerun_data.fragment_id or rerun_data.fragment_id_queue) and not rerun_data.is_auto_rerun
        say = None if rerun_data.is_auto_rerun else functools.partial(place_in_line.say, self)
        with TURNS.taken(0.0 if clicked else BEHIND, say):
            run(self, rerun_data)

    in_turn.in_turn = True  # type: ignore[attr-defined]
    ScriptRunner._run_script = in_turn  # type: ignore[method-assign]
