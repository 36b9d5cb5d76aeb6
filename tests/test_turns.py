"""Reruns take turns: so many at once, in their order; whoever takes longer holds nobody up."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from pages.shared import turns
from pages.shared.turns import Turns
from tests.support.clock import Clock
from tests.support.waiting import stays, until

MODULE = "pages.shared.turns"
Say = Callable[[int | None], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock().of(monkeypatch, MODULE)


class Visit:
    """A thread that has asked for its turn, is inside once that came, and leaves when it is told to."""

    def __init__(
        self, room: Turns, entered: list[int], number: int, behind: float = 0.0, *, asks: bool = False
    ) -> None:
        self._leave = threading.Event()
        self.told: list[int | None] = []
        say = self.told.append if asks else None
        self.thread = threading.Thread(target=self._run, args=(room, entered, number, behind, say), daemon=True)
        before = room.waiting + len(entered)
        self.thread.start()
        until(lambda: room.waiting + len(entered) > before)  # it stands in the row, or was let in

    def _run(self, room: Turns, entered: list[int], number: int, behind: float, say: Say | None) -> None:
        with room.taken(behind, say):
            entered.append(number)
            self._leave.wait()

    def end(self) -> None:
        self._leave.set()
        self.thread.join()


def test_so_many_at_once_in_the_order_in_which_they_came(clock: Clock) -> None:
    room, entered = Turns(2, counted=60.0), list[int]()
    visits = [Visit(room, entered, number) for number in range(6)]
    until(lambda: len(entered) == 2)
    assert stays(lambda: (entered, room.waiting) == ([0, 1], 4))
    for number, place in enumerate((1, 0, 2, 3), start=3):  # whoever leaves, the next comes in
        visits[place].end()
        until(lambda wanted=number: len(entered) == wanted)
        assert entered == list(range(number))
    for visit in visits:
        visit.end()
    assert room.waiting == 0


def test_who_takes_longer_counts_no_more(clock: Clock) -> None:
    """Two compute for good; a third is let in all the same, by the clock alone, and so is a fourth."""
    room, entered = Turns(2, counted=0.05), list[int]()
    visits = [Visit(room, entered, number) for number in range(4)]
    assert stays(lambda: sorted(entered) == [0, 1])
    clock.forward(1.0)
    until(lambda: len(entered) == 4)
    assert entered == [0, 1, 2, 3]
    for visit in visits:
        visit.end()


def test_where_memory_is_short_who_takes_longer_counts_on(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "AGAIN", 0.02)
    seconds = [20.0]
    room, entered = Turns(1, counted=0.05, short=lambda: seconds[0]), list[int]()
    visits = [Visit(room, entered, number) for number in range(3)]
    clock.forward(15.0)
    assert stays(lambda: entered == [0])
    clock.forward(6.0)
    until(lambda: entered == [0, 1])
    assert stays(lambda: entered == [0, 1])
    seconds[0] = 0.0  # there is memory again
    clock.forward(0.1)
    until(lambda: entered == [0, 1, 2])
    for visit in visits:
        visit.end()


def test_what_may_wait_goes_behind_those_who_come_soon_after(clock: Clock) -> None:
    room, entered = Turns(1, counted=3600.0), list[int]()
    visits = [Visit(room, entered, 0), Visit(room, entered, 1, behind=1.0)]
    clock.forward(0.5)
    visits.append(Visit(room, entered, 2))
    clock.forward(0.6)
    visits.append(Visit(room, entered, 3))
    for number, place in enumerate((0, 2, 1, 3), start=1):
        until(lambda wanted=number: len(entered) == wanted)
        visits[place].end()
    assert entered == [0, 2, 1, 3]


def test_who_waits_for_more_than_a_moment_is_told_how_many_are_before_them(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each number once, down to 0, then that the wait is over; who was let in at once is told nothing."""
    monkeypatch.setattr(turns, "UNTOLD", 0.02)
    room, entered = Turns(1, counted=3600.0), list[int]()
    visits = [Visit(room, entered, number, asks=True) for number in range(5)]
    assert stays(lambda: not any(visit.told for visit in visits))  # by the clock it is not a moment yet
    for gone in range(1, 5):
        clock.forward(1.0)
        until(
            lambda gone=gone: [visit.told[-1:] for visit in visits[gone:]] == [[before] for before in range(5 - gone)]
        )
        visits[gone - 1].end()
        until(lambda gone=gone: len(entered) == gone + 1)
    visits[4].end()
    assert [visit.told for visit in visits] == [[], [0, None], [1, 0, None], [2, 1, 0, None], [3, 2, 1, 0, None]]


def test_a_failure_leaves_its_place() -> None:
    room = Turns(1, counted=60.0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), room.taken():
            _ = 1 / 0


def test_who_fails_while_it_waits_leaves_the_row() -> None:
    said = iter([0.0, ValueError("memory cannot be read"), *[0.0] * 9])

    def short() -> float:
        found = next(said)
        if isinstance(found, ValueError):
            raise found
        return found

    room = Turns(1, 0.01, short=short)
    with room.taken():
        with pytest.raises(ValueError, match="memory"), room.taken():
            pass
        assert not room.waiting
    with room.taken():
        pass


@pytest.mark.parametrize("seed", range(4))
def test_everybody_is_let_in_and_never_more_at_once_than_there_are_places(seed: int) -> None:
    chance = random.Random(seed)
    places, guard = chance.randint(1, 4), threading.Lock()
    room = Turns(places, counted=3600.0)
    inside, most = 0, list[int]()

    def visit(_: int) -> None:
        nonlocal inside
        with room.taken():
            with guard:
                inside += 1
                most.append(inside)
            with guard:
                inside -= 1

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(visit, range(400)))
    assert len(most) == 400
    assert max(most) <= places
    assert room.waiting == 0


def test_streamlit_runs_a_script_in_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its runner calls the method that is wrapped here, once a rerun; a second wrapping changes nothing."""
    seen, came = list[int](), list[tuple[float, bool]]()

    def run(_self: object, _data: object) -> None:
        seen.append(len(turns.TURNS._since))

    class Room(Turns):
        def taken(self, behind: float = 0.0, say: Say | None = None) -> AbstractContextManager[None]:
            came.append((behind, say is not None))
            return super().taken(behind, say)

    monkeypatch.setattr(turns, "TURNS", Room(1, counted=60.0))
    monkeypatch.setattr(ScriptRunner, "_run_script", run)
    turns.take()
    turns.take()
    for data in (RerunData(), RerunData(fragment_id_queue=["a"]), RerunData(fragment_id="a", is_auto_rerun=True)):
        ScriptRunner._run_script(object(), data)  # type: ignore[arg-type]
    assert seen == [1, 1, 1]
    assert came == [(turns.BEHIND, True), (0.0, True), (turns.BEHIND, False)]  # what runs by itself is told nothing
