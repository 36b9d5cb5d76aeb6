"""Dropout and overfitting in Chromium: epochs dragged and read off there, every part painted, narrow and dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from cnnviz import experiments
from cnnviz.experiments import dropout_curves
from tests.support.browser import changed, idle, reads, settled
from tests.support.gestures import no_rerun, painted, quick
from tests.support.waiting import until
from tests.topics.batch_norm_rates.gestures import SCRUB, STAGE

pytestmark = pytest.mark.browser
WIDER = "() => document.documentElement.scrollWidth - innerWidth"
HEIGHTS = """() => {
  const chart = document.querySelectorAll(".js-plotly-plot")[0]
  return [...chart.querySelectorAll(".bars .point path")].map(one => one.getBoundingClientRect().height)
}"""


@pytest.fixture
def opened(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    def page_of(**options: str) -> Any:
        page = open_page(f"{app[0]}/overfitting", **options)
        painted(page, STAGE)
        idle(page)
        return page

    return page_of


def test_an_epoch_is_dragged_and_read_off_in_the_browser(opened: Callable[..., Any]) -> None:
    page = opened()
    found = dropout_curves.dropped(experiments.results("dropout_overfitting"))
    chart = page.locator(".scrub_chart").first
    with no_rerun(page):
        took = [chart.locator(".scrub").evaluate(SCRUB, str(2 * turn)) for turn in range(20)]
        chart.locator(".scrub").evaluate(SCRUB, "9")
        said = reads(chart.locator(".says"))
        canvas = chart.locator("canvas").nth(2)
        canvas.focus()
        page.keyboard.press("ArrowRight")
        expect(chart.locator(".tip")).to_contain_text("epoch 1", use_inner_text=True)
        tip = chart.locator(".tip").inner_text().splitlines()
    for one in found:
        right = f"{100 * one.training[:, 9].mean():.1f} and {100 * one.test[:, 9].mean():.1f} %"
        assert f"{one.label}: {right}" in said
    assert tip[0] == "epoch 1"
    assert float(tip[tip.index("test images") + 1]) == pytest.approx(100 * found[2].test[:, 0].mean(), abs=0.01)
    quick(took, 50)


def test_gap_and_loss_are_shown_when_asked_for(opened: Callable[..., Any]) -> None:
    page = opened()
    chart = page.locator(".scrub_chart").first
    expect(chart.locator("canvas")).to_have_count(4)
    for shown, panels in (("gap", 2), ("loss", 4)):
        before = page.locator(STAGE).first.get_attribute("data-painted")
        page.get_by_role("radio", name=shown, exact=True).click()
        changed(page, STAGE, before)
        expect(chart.locator("canvas")).to_have_count(panels)
        expect(chart.locator(".frame"), "the epoch stays").to_have_text("40", use_inner_text=True)


def test_bars_are_as_high_as_measured(opened: Callable[..., Any]) -> None:
    page = opened()
    found = dropout_curves.dropped(experiments.results("dropout_overfitting"))
    page.wait_for_selector(".js-plotly-plot .bars .point path", state="attached")
    settled(page)
    heights = page.evaluate(HEIGHTS)
    ends = [*(one.training[:, -1].mean() for one in found), *(one.test[:, -1].mean() for one in found)]
    assert len(heights) == 8
    assert [height / heights[0] for height in heights] == pytest.approx([end / ends[0] for end in ends], abs=0.02)


def test_nothing_scrolls_sideways_on_a_dark_phone(opened: Callable[..., Any]) -> None:
    page = opened(size="phone", scheme="dark")
    settled(page)
    assert until(lambda: page.evaluate(WIDER) <= 0)
    boxes = [one.bounding_box() for one in page.locator(".scrub_chart canvas").all()]
    assert len(boxes) == 6
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 391 for box in boxes)
