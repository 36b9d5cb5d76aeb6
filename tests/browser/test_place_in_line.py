"""Who must wait for their turn reads their place, on a page that is open and on one that is being opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from pages.shared import turns
from tests.support.browser import served, settled
from tests.support.waiting import until

pytestmark = pytest.mark.browser
BUSY = """import threading, time
from pathlib import Path
from pages.shared import kept_bytes, turns
busy = Path({file!r})
kept_bytes.is_full = busy.exists  # where memory is short a rerun counts for as long as it takes
turns.COUNTED_IF_SHORT = 3600.0
def come(number):
    inside = busy.with_name(f"inside-{{number}}")
    while True:
        if busy.exists():
            with turns.TURNS.taken():
                inside.touch()
                while busy.exists():
                    time.sleep(0.02)
                inside.unlink()
        time.sleep(0.02)
for number in range(turns.AT_ONCE):
    threading.Thread(target=come, args=(number,), daemon=True).start()"""
BOX = ".cnnviz-place-in-line"
TOPS = "() => [...document.querySelectorAll('h1, label, img')].map(one => one.getBoundingClientRect().top)"


@pytest.fixture(scope="module")
def busy_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    busy = tmp_path_factory.mktemp("busy") / "busy"
    with served(runs=tmp_path_factory.mktemp("busy runs"), first=BUSY.format(file=str(busy))) as (address, _):
        yield address, busy


@pytest.mark.parametrize("gesture", ["a fragment", "a part"])
def test_the_place_is_said_and_vanishes(
    busy_app: tuple[str, Path], open_page: Callable[..., Any], gesture: str
) -> None:
    """By who clicks on a page that is there, and by who comes behind them to one that is not."""
    address, busy = busy_app
    page, other = open_page(f"{address}/convolution?convolution.part=On your image"), open_page(f"{address}/pooling")
    for one in (page, other):
        settled(one)
        expect(one.locator(BOX)).to_have_count(0)
    tops = page.evaluate(TOPS)
    busy.touch()
    until(lambda: len(list(busy.parent.glob("inside-*"))) == turns.AT_ONCE)
    if gesture == "a part":
        page.get_by_role("radio", name="Weight sharing").click()
    else:
        page.get_by_text("In colour").click()
    expect(page.locator(BOX)).to_have_text("Waiting for others: you are next.")
    assert page.evaluate(TOPS) == tops, "nothing moves for it"
    other.goto(f"{address}/dropout", wait_until="commit")
    expect(other.locator(BOX)).to_have_text("Waiting for others: 1 before you.")
    busy.unlink()
    until(lambda: not list(busy.parent.glob("inside-*")))
    for one in (page, other):
        settled(one)
        expect(one.locator(BOX)).to_have_count(0)
