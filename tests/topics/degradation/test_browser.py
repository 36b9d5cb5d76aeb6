"""Degradation in Chromium: gradients and blocks are scrubbed without a rerun, every part fits a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from cnnviz import experiments
from cnnviz.topics.degradation import figures
from tests.support.browser import idle
from tests.support.gestures import no_rerun, painted
from tests.support.waiting import until

pytestmark = pytest.mark.browser
BLOCKS = ".scrub_chart .stage[data-painted]"
LAYERS = ".layer_norms [data-painted]"
PLOT = ".js-plotly-plot .bars .point path"


@pytest.fixture
def opened(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    def part(query: str, selector: str, **options: str) -> Any:
        page = open_page(f"{app[0]}/degradation?degradation.part={query}", **options)
        page.get_by_role("heading", level=1).wait_for()
        idle(page)
        painted(page, selector)
        return page

    return part


def test_it_opens_on_bars_of_training_error(opened: Callable[..., Any]) -> None:
    page = opened("The+experiment", PLOT)
    found = experiments.results("degradation")
    bars = page.locator(".js-plotly-plot").nth(1)
    named = figures.error_bars(found, last=100).layout.xaxis.ticktext
    ends = [text for label in named if (text := label.split("<b>")[1].removesuffix("</b>")) != "not trained"]
    heights = [box["height"] for one in bars.locator(".bars .point path").all() if (box := one.bounding_box())]
    assert sum(height > 20 for height in heights) == len(ends)
    for text in ends:
        assert until(lambda text=text: bars.get_by_text(text).count() >= 1)


def test_blocks_are_scrubbed_without_a_rerun(opened: Callable[..., Any]) -> None:
    page = opened("Blocks", BLOCKS)
    data = figures.block_chart(experiments.results("degradation"))
    assert data is not None
    says = page.locator(".scrub_chart .says")
    expect(says).to_have_text(data["frames"][-1]["says"], use_inner_text=True)
    with no_rerun(page):
        page.locator(".scrub_chart .scrub").focus()
        page.keyboard.press("Home")
        expect(says).to_have_text(data["frames"][0]["says"], use_inner_text=True)
        page.locator(".scrub_chart canvas").first.focus()
        page.keyboard.press("ArrowRight")
        tip = page.locator(".scrub_chart .tip")
        expect(tip).to_contain_text("block 1", use_inner_text=True)


def test_gradients_are_scrubbed_without_a_rerun(opened: Callable[..., Any]) -> None:
    page = opened("Gradients", LAYERS)
    data = figures.layer_packet(experiments.results("degradation"))
    with no_rerun(page):
        scrub = page.locator(".layer_norms input[type=range]")
        scrub.focus()
        page.keyboard.press("End")
        expect(page.locator(".layer_norms")).to_contain_text(data["says"][-1], use_inner_text=True)


def test_an_identity_start_is_painted(opened: Callable[..., Any]) -> None:
    page = opened("Your+picture", PLOT)
    page.get_by_text("Identity at the start").click()
    page.get_by_text("adds exactly 0").first.wait_for()
    expect(page).to_have_url(re.compile(re.escape("degradation.identity=true")))
    page.get_by_role("radio", name="56").click()
    page.get_by_text("passes all 27 blocks").first.wait_for()
