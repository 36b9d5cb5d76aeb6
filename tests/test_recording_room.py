"""Recordings under way together stay within their bytes, large ones go in turn, small ones never wait."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pages.shared.recording_room import RecordingRoom


@pytest.mark.parametrize("seed", range(5))
def test_what_is_under_way_stays_within_its_bytes(seed: int) -> None:
    chance = random.Random(seed)
    sizes = {f"net{number}": chance.choice([5, 20, 60, 90, 150]) for number in range(8)}
    room, guard = RecordingRoom(100, small=10), threading.Lock()
    under_way: list[int] = []
    most: list[list[int]] = []

    def record(choice: str) -> None:
        with room.of(choice, sizes[choice]):
            with guard:
                under_way.append(sizes[choice])
                most.append([size for size in under_way if size > 10])
            room.found(choice, sizes[choice])
            with guard:
                under_way.remove(sizes[choice])

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(record, [chance.choice(list(sizes)) for _ in range(200)]))
    assert all(sum(large) <= 100 or len(large) == 1 for large in most)


def test_a_small_one_does_not_wait_for_a_large_one_and_a_failure_leaves_its_room() -> None:
    room = RecordingRoom(100, small=10)
    with room.of("vgg", 100), room.of("lenet", 3):
        pass
    with pytest.raises(ZeroDivisionError), room.of("vgg", 100):
        _ = 1 / 0
    with room.of("vgg", 500):  # larger than all the room, and alone
        pass


def test_large_ones_go_in_the_order_in_which_they_came() -> None:
    room, order = RecordingRoom(100, small=10), []
    waiting = [threading.Event() for _ in range(4)]

    def record(number: int, size: int) -> None:
        waiting[number].set()
        with room.of(f"net{number}", size):
            order.append(number)

    threads = []
    with room.of("first", 60):
        for number, size in enumerate((90, 30, 80, 20)):
            threads.append(threading.Thread(target=record, args=(number, size)))
            threads[-1].start()
            waiting[number].wait()
            with room._changed:  # until it stands in the queue
                room._changed.wait_for(lambda wanted=number + 1: len(room._waiting) == wanted, timeout=60)
    for thread in threads:
        thread.join()
    assert order[0] == 0
    assert sorted(order) == [0, 1, 2, 3]


def test_what_was_found_counts_at_the_next_time() -> None:
    room = RecordingRoom(100, small=10)
    with room.of("net", 1000):
        room.found("net", 4)
    with room.of("other", 100), room.of("net", 1000):  # small, as is known by now
        pass
