"""The page `data` in Chromium: images and batches are read off without a rerun, and are drawn as they are stored."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from cnnviz import datasets
from tests.support import gestures
from tests.support.browser import begins, changed, idle, settled
from tests.support.waiting import until
from tests.topics.data import gestures as page_gestures

GRID = page_gestures.GRID
pytestmark = pytest.mark.browser


@pytest.fixture
def opened(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    def at(query: str = "", waits: str = GRID, **options: str) -> Any:
        page = open_page(f"{app[0]}/data{query}", **options)
        gestures.painted(page, waits)
        idle(page)
        return page

    return at


def shade(page: Any, x: int, y: int) -> list[int]:
    """RGB of the sheet at a CSS position."""
    return page.locator(".picture_sheet .maps").evaluate(
        """(canvas, [x, y]) => {
            const ratio = canvas.width / canvas.clientWidth
            return [...canvas.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3)
        }""",
        [x, y],
    )


@pytest.mark.timed
def test_pictures_are_drawn_pixel_by_pixel_and_read_in_the_browser(opened: Callable[..., Any]) -> None:
    page = opened("?data.dataset=shapes")
    settled(page)
    first = datasets.load("shapes").images[0]
    for row, column in ((0, 0), (20, 17), (31, 31)):
        assert until(
            lambda column=column, row=row: (
                shade(page, 3 + 2 * column + 1, 3 + 2 * row + 1) == first[:, row, column].tolist()
            )
        )
    with gestures.no_rerun(page):
        assert statistics.median(page_gestures.in_browser(page)) < 0.05
        grid, side = page.locator(GRID), page.locator(".picture_sheet .side")
        for key in ("ArrowRight", "ArrowLeft", "Enter"):
            grid.press(key)
        expect(side).to_contain_text("kept", use_inner_text=True)
        kept = side.get_attribute("data-item")
        grid.evaluate(page_gestures.HOVER, [300, 30])
        expect(side).to_have_attribute("data-item", kept)
        pixel = page.locator(".picture_sheet .pixel")
        expect(pixel).to_have_text(begins("row 16, column 16: "), use_inner_text=True)
        grid.press("Shift+ArrowDown")
        expect(pixel).to_have_text(begins("row 17, column 16: "), use_inner_text=True)
        said = [int(word) for word in pixel.inner_text().split(": ")[1].split(" →")[0].split()]
        assert said == datasets.load("shapes").images[int(kept)][:, 17, 16].tolist()


def test_turning_the_page_shows_other_pictures(opened: Callable[..., Any]) -> None:
    page = opened()
    before = page.locator(GRID).get_attribute("data-painted")
    page.get_by_role("spinbutton", name="Page").fill("2")
    page.get_by_role("spinbutton", name="Page").press("Enter")
    changed(page, GRID, before)
    page.locator(GRID).press("ArrowRight")
    expect(page.locator(".picture_sheet .title")).to_contain_text("image 97", use_inner_text=True)


def test_rolling_again_draws_other_transforms(opened: Callable[..., Any]) -> None:
    page = opened("?data.part=Transforms")
    before = page.locator(GRID).get_attribute("data-painted")
    page.locator(GRID).press("ArrowDown")
    words = page.locator(".picture_sheet .facts").inner_text()
    assert "px right" in words
    page.get_by_role("button", name="Roll again").click()
    changed(page, GRID, before)
    expect(page.locator(".picture_sheet .facts")).not_to_have_text(words, use_inner_text=True)


def test_batches_are_read_off_in_the_browser(opened: Callable[..., Any]) -> None:
    page = opened("?data.part=Batches", waits=".batch_mix .stage[data-painted]")
    settled(page)
    stage, card = page.locator(".batch_mix .stage"), page.locator(".batch_mix .card")
    with gestures.no_rerun(page):
        bars = page.locator(".batch_mix canvas").first
        took = [bars.evaluate(page_gestures.HOVER, [20 + 40 * step, 30]) for step in range(15)]
        gestures.quick(took, 50)
        stage.press("Home")
        expect(card).to_contain_text("sorted by class: 1 class (64 × “0”)", use_inner_text=True)
        stage.press("End")
        expect(card).to_contain_text("Batch 23 of 23", use_inner_text=True)


@pytest.mark.parametrize("part", ["Images", "Transforms"])
def test_on_a_phone_a_tap_keeps_a_picture_and_nothing_is_cut(opened: Callable[..., Any], part: str) -> None:
    page = opened(f"?data.part={part}", size="phone", scheme="dark")
    page.locator(".picture_sheet .maps").tap(position={"x": 70, "y": 50})
    expect(page.locator(".picture_sheet .title")).to_contain_text("kept", use_inner_text=True)
    assert until(lambda: page.locator(".picture_sheet").evaluate("box => box.scrollWidth <= box.clientWidth + 1"))
