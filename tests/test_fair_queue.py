"""Visitors take turns in the queue, whatever they ask for, and nobody's runs overtake one another."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cnnviz.runs.fair_queue import FairQueue, Waiting

OWNERS = "abcd"


def filled(owners: list[str]) -> FairQueue:
    queue = FairQueue()
    for number, owner in enumerate(owners):
        queue.add(Waiting(Path(f"{owner}{number}"), "module", owner))
    return queue


@given(st.lists(st.sampled_from(OWNERS), max_size=30))
def test_the_order_said_is_the_order_taken(owners: list[str]) -> None:
    queue = filled(owners)
    said = [one.folder for one in queue]
    assert [queue.place(folder) for folder in said] == list(range(1, len(owners) + 1))
    taken = []
    while (one := queue.next()) is not None:
        assert queue.place(one.folder) == 1
        queue.begin(one)
        taken.append(one.folder)
    assert taken == said
    assert not len(queue)


@given(st.lists(st.sampled_from(OWNERS), max_size=30), st.lists(st.sampled_from(OWNERS), max_size=10))
def test_nobody_waits_for_two_runs_of_the_same_other(owners: list[str], later: list[str]) -> None:
    """Between two runs of one visitor stands a run of everybody else who still has one waiting."""
    queue = filled(owners)
    for number, owner in enumerate(later):
        if (one := queue.next()) is not None:
            queue.begin(one)
        queue.add(Waiting(Path(f"{owner}later{number}"), "module", owner))
    order = list(queue)
    for owner in OWNERS:
        mine = [place for place, one in enumerate(order) if one.owner == owner]
        for first, second in pairwise(mine):
            left = {one.owner for one in order[second:]} - {owner}
            assert left <= {one.owner for one in order[first:second]}


@given(st.lists(st.sampled_from(OWNERS), min_size=1, max_size=12), st.integers(1, 12))
def test_a_new_name_in_every_turn_goes_before_nobody_who_waited(owners: list[str], turns: int) -> None:
    """Who comes under a new name each time (a cleared cookie) waits until all who were there had their turn."""
    queue = filled(owners)
    first = queue.next()
    assert first is not None
    queue.begin(first)
    before = {one.owner for one in queue} - {first.owner}
    for turn in range(turns):
        queue.add(Waiting(Path(f"new{turn}"), "module", f"name {turn}"))
        one = queue.next()
        assert one is not None
        assert one.owner in before or not before
        before.discard(one.owner)
        queue.begin(one)


def test_whoever_comes_back_after_long_has_saved_no_turns() -> None:
    queue = filled(["a", "b", "b", "c"])
    for _ in range(3):
        one = queue.next()
        assert one is not None
        queue.begin(one)
    queue.add(Waiting(Path("d4"), "module", "d"))
    queue.begin(next(iter(queue)))
    queue.add(Waiting(Path("a5"), "module", "a"))
    assert [one.folder.name for one in queue] == ["d4", "a5"]


@given(st.lists(st.sampled_from(OWNERS), max_size=30))
def test_one_visitors_runs_keep_their_order(owners: list[str]) -> None:
    for owner in OWNERS:
        mine = [one.folder.name for one in filled(owners) if one.owner == owner]
        assert mine == [f"{owner}{number}" for number, one in enumerate(owners) if one == owner]


def test_what_is_withdrawn_takes_no_turn() -> None:
    queue = filled(["a", "a", "b"])
    queue.remove(Path("a0"))
    assert [one.folder.name for one in queue] == ["a1", "b2"]
    assert (queue.of("a"), queue.of("b"), queue.of("c")) == (1, 1, 0)
    assert queue.place(Path("a0")) == 0
    assert Path("a0") not in queue
