"""What is kept for a next look is bounded by its bytes: a law over drawn sizes, orders and bounds."""

from __future__ import annotations

import random
from collections import OrderedDict
from typing import Any

import pytest
from PIL import Image

from cnnviz import limits, memory
from pages.shared import kept_bytes
from pages.shared.kept_bytes import Kept
from pages.shared.view import View, by_view, forget


class Cache:
    """A cached function without a bound: the entries that it has, and what it made."""

    def __init__(self, sizes: list[int]) -> None:
        self.sizes, self.entries, self.made = sizes, dict[int, int](), list[int]()

    def __call__(self, one: int) -> int:
        if one not in self.entries:
            self.made.append(one)
            self.entries[one] = self.sizes[one]
        return self.entries[one]

    def clear(self, *given: Any, **_: Any) -> None:
        for one in given or list(self.entries):
            self.entries.pop(one, None)


@pytest.mark.parametrize("seed", range(20))
def test_the_last_asked_for_are_kept_as_many_as_fit(seed: int) -> None:
    chance = random.Random(seed)
    sizes, most = [chance.choice([1, 5, 20, 200]) for _ in range(12)], chance.choice([0, 30, 210, 1000])
    cache = Cache(sizes)
    kept = Kept(cache, most=lambda: most, size=int)
    wanted: OrderedDict[int, int] = OrderedDict()
    for _ in range(100):
        one = chance.randrange(12)
        assert kept(one) == sizes[one]
        wanted[one] = sizes[one]
        wanted.move_to_end(one)
        while sum(wanted.values()) > most and len(wanted) > 1:
            wanted.popitem(last=False)
        assert cache.entries == dict(wanted)
        assert one in cache.entries
        if chance.random() < 0.02:
            kept.clear()
            wanted.clear()
            assert not cache.entries


def test_recordings_of_views_go_by_their_bytes_and_keep_no_image(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through Streamlit's own cache, whose single entry is cleared by its arguments; keywords count, too."""
    made: list[tuple[str, bool]] = []
    forget()

    @by_view(size=len)
    def kept(view: View, *, training: bool = False) -> bytes:
        made.append((view.digest, training))
        return bytes(kept_bytes.of_recordings() // 2)

    def view(digest: str) -> View:
        return View("net", digest, "crop", Image.new("L", (8, 8)))

    for digest, training in (("a", False), ("a", True), ("a", False), ("b", False), ("a", False), ("a", True)):
        kept(view(digest), training=training)
    assert made == [("a", False), ("a", True), ("b", False), ("a", True)]


def test_more_people_have_more_and_there_is_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    class Runtime:
        people = 0
        _session_mgr = property(lambda self: self)

        def num_active_sessions(self) -> int:
            return self.people

    there = Runtime()
    monkeypatch.setattr(kept_bytes, "room", lambda: 10**11)
    monkeypatch.setattr(kept_bytes.runtime, "exists", lambda: True)
    monkeypatch.setattr(kept_bytes.runtime, "get_instance", lambda: there)
    found = []
    for there.people in (0, 1, 2, 5, 30, 300):
        found.append(kept_bytes.of_recordings())
    assert found == [128_000_000, 128_000_000, 192_000_000, 384_000_000, 800_000_000, 800_000_000]


@pytest.mark.parametrize("gigabytes", [1, 2, 4, 6, 16, 256])
def test_all_that_is_kept_fits_the_bound_of_this_machine(gigabytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However little there is: else all would be given back again and again, while everybody makes it anew."""
    monkeypatch.setattr(memory, "now", lambda: memory.Memory(gigabytes * 10**9, gigabytes * 10**9))
    monkeypatch.setattr(kept_bytes, "_for_people", lambda _each, together: together * 1_000_000)  # a full class
    kept_bytes.room.cache_clear()
    try:
        together = kept_bytes.of_recordings() + kept_bytes.of_networks() + kept_bytes.of_drawings()
        together += kept_bytes.of_pictures() + kept_bytes.of_packets()
        assert together <= max(0, kept_bytes.bound() - limits.BARE_MB * 1_000_000)
    finally:
        monkeypatch.undo()
        kept_bytes.room.cache_clear()


def test_shrinking_takes_what_was_asked_for_longest_ago() -> None:
    cache = Cache([40, 30, 20, 10])
    kept = Kept(cache, most=lambda: 1000, size=int)
    for one in (0, 1, 2, 3, 0):
        kept(one)
    assert kept.shrink(0.5) == 50
    assert list(cache.entries) == [0, 3]
    assert kept.shrink(0.0) == 50
    assert not cache.entries
