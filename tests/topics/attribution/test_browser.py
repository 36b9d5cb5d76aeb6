"""The grid of maps in Chromium: one pointer over all maps without a rerun, and a click that opens a method."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from cnnviz.topics.attribution import captions, contestants
from tests.support.browser import idle, settled
from tests.support.gestures import no_rerun, painted
from tests.topics.attribution import gestures

pytestmark = pytest.mark.browser


def test_one_pointer_reads_every_map_and_a_click_opens_one(app: tuple[str, int], open_page: Callable[..., Any]) -> None:
    page = open_page(f"{app[0]}/{gestures.PATH}?network=run:mnist-lenet5-df3d2154")
    painted(page, gestures.STAGE)
    idle(page)
    cut = "all => all.filter(one => one.scrollWidth > one.clientWidth).length"
    assert page.locator(".map-grid figcaption").evaluate_all(cut) == 0
    assert page.locator(".map-grid .name").all_text_contents().count("Guided backpropagation") == 1
    with no_rerun(page):
        page.locator(".map-grid figure[data-name=grad_cam] canvas").first.hover()
        page.wait_for_selector(".map-grid[data-at*='/']")
        values = page.locator(".map-grid figure .value").all_text_contents()
        assert sum(bool(text) and "±" not in text for text in values) >= 6
        page.locator(".map-grid .slide input").fill("1")
        expect(page.locator(".map-grid")).to_have_attribute("data-opacity", "1")
        page.mouse.move(0, 0)
        ranges = page.locator(".map-grid figure[data-name] .value")
        own = {text for text in ranges.all_text_contents() if "±" in text}
        assert len(own) > 4, "each map has its own"
        page.get_by_label(captions.MAP_GRID["together"]).check()
        (one,) = {text for text in ranges.all_text_contents() if "±" in text}
        times = re.fullmatch(r"±\s([\d.]+)\s×", one)
        assert times
        assert float(times[1]) > 1
        expect(page.locator(".map-grid .scale")).to_contain_text(f"full colour is {times[1]} times the mean size")
        page.get_by_label(captions.MAP_GRID["together"]).uncheck()
        assert {text for text in ranges.all_text_contents() if "±" in text} == own
    page.locator(".map-grid figure[data-name=lrp] canvas").first.click()
    page.wait_for_selector(".map-grid[data-chosen=lrp]")
    idle(page)
    expect(page).to_have_url(re.compile(re.escape("method=lrp")))


LABELS = """chart => [...chart.querySelectorAll(".xtick text, .ytick text")].map(one => {
  const { left, right, top, bottom } = one.getBoundingClientRect()
  const upright = one.closest(".xtick") !== null
  return { axis: upright ? "x" : "y", low: upright ? left : top, high: upright ? right : bottom,
    size: parseFloat(getComputedStyle(one).fontSize), inside: left >= 0 && right <= innerWidth }
})"""


@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_every_row_and_column_of_the_agreement_has_its_name(
    app: tuple[str, int], open_page: Callable[..., Any], size: str
) -> None:
    page = open_page(f"{app[0]}/{gestures.PATH}?attribution.part=trial", size)
    chart = page.locator(".st-key-attribution-agreement .js-plotly-plot")
    chart.wait_for()
    settled(page)
    every = len(contestants.names()) + len(contestants.CONTROLS)
    for axis in "xy":
        named = [one for one in chart.evaluate(LABELS) if one["axis"] == axis]
        assert len(named) == every
        assert all(one["inside"] and one["size"] >= 12 for one in named)
        middles = sorted((one["low"] + one["high"]) / 2 for one in named)
        assert min(after - before for before, after in itertools.pairwise(middles)) >= 10  # of a name's 12 pixels
