"""BatchNorm and learning rates in Chromium: dragged and pointed at it answers there, and draws what was measured."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from cnnviz import experiments
from cnnviz.experiments import batch_norm_rates, learning_rates
from cnnviz.figures import looks
from cnnviz.topics.batch_norm_rates import captions
from tests.support.browser import begins, idle
from tests.support.gestures import no_rerun, painted, quick
from tests.support.waiting import until
from tests.topics.batch_norm_rates.gestures import COURSES, REPAINTED, SCRUB, STAGE

pytestmark = pytest.mark.browser
WIDER = "() => document.documentElement.scrollWidth - innerWidth"
ROOM = {"top": 8, "bottom": 36, "height": 216, "pad": 0.06}
HAS_COLOUR = """([canvas, across, down, wanted]) => {
  const ratio = canvas.width / canvas.clientWidth, x = 52 + across * (canvas.clientWidth - 64)
  const pixels = canvas.getContext("2d").getImageData((x - 2) * ratio, (down - 2) * ratio, 5 * ratio, 5 * ratio).data
  for (let i = 0; i < pixels.length; i += 4)
    if (pixels[i + 3] === 255 && wanted.every((value, part) => Math.abs(value - pixels[i + part]) < 8)) return true
  return false
}"""


@pytest.fixture
def opened(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    def page_of(**options: str) -> Any:
        page = open_page(f"{app[0]}/batch_norm_rates", **options)
        painted(page, STAGE)
        page.locator(".scrub_chart .stage[data-painted]").nth(COURSES).wait_for()
        idle(page)
        return page

    return page_of


def share_of(value: float, low: float, high: float) -> float:
    """Where on its axis a value stands, in [0, 1], with a little room at both ends."""
    pad = ROOM["pad"] * (high - low)
    return (value - low + pad) / (high - low + 2 * pad)


@pytest.mark.timed
def test_the_threshold_is_dragged_and_a_rate_read_off_in_the_browser(opened: Callable[..., Any]) -> None:
    page = opened()
    both = (batch_norm_rates.EXPERIMENT.name, "initial_weights")
    lines = learning_rates.lines(learning_rates.together(*(experiments.results(name) for name in both)))
    chart = page.locator(".scrub_chart").first
    with no_rerun(page):
        took = [chart.locator(".scrub").evaluate(SCRUB, str(turn % 8)) for turn in range(16)]
        expect(chart.locator(".frame")).to_have_text("50 %", use_inner_text=True)
        said = chart.locator(".says").inner_text()
        canvas = chart.locator("canvas").first
        canvas.focus()
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        tip = chart.locator(".tip").inner_text().splitlines()
    for line in lines:
        assert f"{line.name}: {captions.span(learning_rates.span(line, 0.5))}" in said
        shown = float(tip[tip.index(line.name) + 1])
        assert shown == pytest.approx(100 * line.means[2], abs=0.01)
    assert statistics.median(took) < 50


def test_the_line_runs_through_the_measured_accuracy(opened: Callable[..., Any]) -> None:
    """The pixel where the mean at 0.01 belongs, worked out from the axes, has the first line's colour."""
    page = opened()
    line = learning_rates.lines(experiments.results(batch_norm_rates.EXPERIMENT.name))[0]
    canvas = page.locator(".scrub_chart").first.locator("canvas").first
    top = max(100 * float(one.max()) for one in line.accuracies) + 2
    across = share_of(math.log10(0.01), -3, 0)
    floor = ROOM["height"] - ROOM["bottom"]
    down = floor + share_of(100 * line.means[2], 0, top) * (ROOM["top"] - floor)
    wanted = [int(looks.SERIES[0][i : i + 2], 16) for i in (1, 3, 5)]
    canvas.scroll_into_view_if_needed()
    page.wait_for_function(HAS_COLOUR, arg=[canvas.element_handle(), across, down, wanted])


def test_one_rate_is_scrubbed_and_another_seed_keeps_it(opened: Callable[..., Any]) -> None:
    page = opened()
    chart = page.locator(".scrub_chart").nth(COURSES)
    expect(chart.locator("canvas")).to_have_count(4)
    with no_rerun(page):
        took = [chart.locator(".scrub").evaluate(SCRUB, str(turn % 7)) for turn in range(14)]
    expect(chart.locator(".frame")).to_have_text("1", use_inner_text=True)
    stage = chart.locator(".stage").element_handle()
    before = stage.get_attribute("data-painted")
    page.get_by_role("radio", name="0", exact=True).click()
    page.wait_for_function(REPAINTED, arg=[stage, before])
    expect(chart.locator(".frame")).to_have_text("1", use_inner_text=True)
    expect(chart.locator(".says")).to_have_text(begins("seed 0:"), use_inner_text=True)
    quick(took, 50)


def test_nothing_scrolls_sideways_on_a_dark_phone(opened: Callable[..., Any]) -> None:
    page = opened(size="phone", scheme="dark")
    assert until(lambda: page.evaluate(WIDER) <= 0)
    boxes = [one.bounding_box() for one in page.locator(".scrub_chart canvas").all()]
    assert len(boxes) == 6
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 391 for box in boxes)
