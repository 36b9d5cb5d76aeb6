"""Permuted pixels in Chromium: painted at once, run again here and stopped, finished cells kept, narrow and dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import idle
from tests.support.waiting import until

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    def part(query: str = "", **options: str) -> Any:
        page = open_page(f"{app[0]}/permuted_pixels?{query}", **options)
        page.get_by_role("heading", level=1).wait_for()
        idle(page)
        return page

    return part


def test_it_opens_on_four_bars_and_the_course_s_four_numbers(opened: Callable[..., Any]) -> None:
    page = opened()
    page.wait_for_selector(".js-plotly-plot .bars .point path")
    chart = page.locator(".js-plotly-plot").first
    expect(chart.locator(".bars .point path")).to_have_count(4)
    heights = [box["height"] for one in chart.locator(".bars .point path").all() if (box := one.bounding_box())]
    assert heights[1] == max(heights)
    assert heights[3] == min(heights)
    expect(page.get_by_text("This is what the course finds")).to_have_count(1)
    pictures = page.locator("img").evaluate_all("all => all.map(one => one.naturalWidth)")
    assert sum(width > 400 for width in pictures) == 2


def test_the_inverse_puts_the_pictures_back(opened: Callable[..., Any]) -> None:
    """What is drawn below is the very image above once it is put back, and another before."""
    page = opened("permuted.part=The+pictures")
    same = """() => { const [one, other] = [...document.querySelectorAll("img")].filter(i => i.naturalWidth > 400)
      return one.src === other.src }"""
    page.wait_for_function("() => [...document.querySelectorAll('img')].filter(i => i.naturalWidth > 400).length == 2")
    assert until(lambda: not page.evaluate(same))
    page.get_by_role("radio", name="put back by the inverse").click()
    page.wait_for_function(same)


def test_run_again_here_shows_a_bar_and_stop_keeps_it(opened: Callable[..., Any]) -> None:
    """Start, wait for the first finished cell, stop: it stays, and the words say how many are left."""
    page = opened()
    page.get_by_role("button", name="Run it again here").click()
    page.get_by_text("1 of 4 cells finished").first.wait_for()
    page.get_by_role("button", name="Stop").last.click()
    page.get_by_text("cells are left; start again and only these run").first.wait_for()
    assert until(lambda: page.locator(".js-plotly-plot").nth(2).locator(".bars .point path").count() >= 1)
    page.get_by_role("button", name="Forget these").click()
    page.wait_for_function("() => document.querySelectorAll('.js-plotly-plot').length == 2")
