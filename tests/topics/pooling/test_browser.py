"""The pooling page in Chromium: what is stepped, scrubbed and pointed at answers there, and shows the right thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import begins, idle, settled, turned
from tests.support.gestures import no_rerun, quick
from tests.support.waiting import until
from tests.topics.pooling import gestures

pytestmark = pytest.mark.browser
SCRUB = """(range, value) => {
  const since = performance.now()
  range.value = value
  range.dispatchEvent(new Event("input", { bubbles: true }))
  return performance.now() - since
}"""
POINT = """(target) => {
  const box = target.getBoundingClientRect(), since = performance.now()
  const place = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, bubbles: true, composed: true }
  target.dispatchEvent(new PointerEvent("pointerover", place))
  target.dispatchEvent(new PointerEvent("pointermove", place))
  return performance.now() - since
}"""


@pytest.fixture
def opened(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    def part(name: str = "Step by step", **options: str) -> Any:
        page = open_page(f"{app[0]}/pooling?pooling.part={name.replace(' ', '%20')}", **options)
        page.wait_for_selector(".stage[data-painted]")
        idle(page)
        return page

    return part


@pytest.fixture
def kept(app: tuple[str, int], keep_page: Callable[..., Any]) -> Callable[[str], Any]:
    """kept("Upsampling") → the page with that part drawn; one page for all of them."""

    def part(name: str) -> Any:
        page = turned(keep_page(f"{app[0]}/pooling"), name)
        settled(page)
        return page

    return part


def test_steps_answer_in_the_browser_and_a_window_that_does_not_fit_is_said(opened: Callable[..., Any]) -> None:
    page = opened()
    expect(page.locator(".sliding_window .terms, .terms").first).to_contain_text("= 3", use_inner_text=True)
    with no_rerun(page):
        took = gestures.in_browser(page)
    assert sorted(took)[len(took) // 2] < 0.2  # two frames and whatever else the machine does meanwhile
    before = page.locator(".stage[data-painted]").first.get_attribute("data-painted")
    field = page.locator(".st-key-pooling-kernel-both input")
    field.fill("8")
    field.press("Enter")
    page.get_by_text("does not fit into 5").first.wait_for()
    expect(page.locator(".stage[data-painted]").first).to_have_attribute("data-painted", before)


def test_the_source_is_written_when_its_box_is_opened(opened: Callable[..., Any]) -> None:
    page = opened()
    expect(page.locator("[data-testid=stExpander] code")).to_have_count(0)
    page.get_by_text("Source", exact=True).click()
    page.get_by_text("nn.MaxPool2d").first.wait_for()


@pytest.mark.timed
def test_scrubbing_moves_picture_maps_and_curves_together(kept: Callable[[str], Any]) -> None:
    page = kept("Against shifts")
    scrub, stage = page.locator(".shift_lab .scrub"), page.locator(".shift_lab.stage")
    photo = ".shift_lab .photo canvas"

    def seen() -> tuple[str, ...]:
        drawn = [page.locator(part).first.evaluate("canvas => canvas.toDataURL()") for part in (photo, ".maps canvas")]
        return (*drawn, page.locator(".shift_lab .legend").inner_text(), page.locator(".shift_lab .said").inner_text())

    with no_rerun(page):
        took = [scrub.evaluate(SCRUB, value) for value in (*range(17), 0)]
        still = seen()
        expect(stage).to_have_attribute("data-at", "0")
        assert until(lambda: still[2].count("1.000") == 6)
        scrub.evaluate(SCRUB, 6)
        moved = seen()
        expect(stage).to_have_attribute("data-at", "6")
        assert all(one != other for one, other in zip(still, moved, strict=True))
        page.locator(".shift_lab .turn").click()
        expect(page.locator(".shift_lab .amount")).to_contain_text("°", use_inner_text=True)
    assert sorted(took)[len(took) // 2] < 50


def test_pointing_at_one_picture_marks_the_same_place_in_all(kept: Callable[[str], Any]) -> None:
    page = kept("What is lost")
    frames = page.locator(".side_by_side .frame")
    count = frames.count()
    assert count == 8
    with no_rerun(page):
        took = frames.nth(1).evaluate(POINT)
    quick([took], 50)
    marks = page.locator(".side_by_side .mark")
    where = "marks => marks.map(m => [m.hidden, m.style.left, m.style.top])"
    assert until(lambda: marks.evaluate_all(where) == [[False, "50%", "50%"]] * count)
    expect(page.locator(".side_by_side figcaption").nth(2)).to_contain_text("PSNR", use_inner_text=True)


def test_a_larger_cell_shows_where_it_comes_from(kept: Callable[[str], Any]) -> None:
    page = kept("Upsampling")
    cells = page.locator(".grid_links .to .cell")
    expect(cells).to_have_count(36)
    with no_rerun(page):
        took = cells.nth(35).evaluate(POINT)
        expect(page.locator(".grid_links .from .cell.on")).to_have_text(["4"], use_inner_text=True)
        expect(page.locator(".grid_links .said")).to_have_text(begins("output (5, 5) = 4"), use_inner_text=True)
        page.locator(".grid_links .from .cell").nth(3).evaluate(POINT)
        expect(page.locator(".grid_links .to .cell.on")).to_have_text(["3"] * 4, use_inner_text=True)
    quick([took], 50)
