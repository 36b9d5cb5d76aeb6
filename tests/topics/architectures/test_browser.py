"""Architectures in Chromium: bars that open, a depth that is scrubbed, an image that is clicked, without a rerun."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from cnnviz.measurements import architectures
from tests.support.browser import idle, settled
from tests.support.gestures import SCRUB, no_rerun, painted, quick
from tests.support.waiting import until
from tests.topics.architectures import gestures

pytestmark = pytest.mark.browser
WIDER = "() => document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth"


@pytest.fixture
def opened(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    """opened("resnet18", "X-ray", selector) → the page, once that part is drawn."""

    def at(network: str, part: str, selector: str, **options: str) -> Any:
        query = f"network={network}&architectures.part={part.replace(' ', '+')}"
        page = open_page(f"{app[0]}/architectures?{query}", **options)
        painted(page, selector)
        idle(page)
        settled(page)
        return page

    return at


def test_blocks_open_and_sort_without_a_rerun(opened: Callable[..., Any]) -> None:
    page = opened("vgg16", "X-ray", gestures.BARS)
    lines = page.locator(".cost_breakdown .line")
    expect(lines).to_have_count(len(architectures.survey("vgg16", training=False).blocks))
    with no_rerun(page):
        quick([page.locator(".cost_breakdown .line.opens").first.evaluate(gestures.TOGGLE)], 50)
        expect(page.locator(".cost_breakdown .line.inner .who")).to_have_text(
            ["features.0", "features.1"], use_inner_text=True
        )
        page.keyboard.press("Enter")
        expect(page.locator(".cost_breakdown .line.inner")).to_have_count(0)
        page.get_by_role("button", name="Sort by Parameters").click()
        expect(lines.first.locator(".who")).to_have_text("classifier.0", use_inner_text=True)
        lines.first.hover()
        expect(page.locator(".cost_breakdown .tip")).to_contain_text("102,764,544 · 74.3 %", use_inner_text=True)
    widths = [page.locator(".cost_breakdown .line .cell i").nth(place).bounding_box()["width"] for place in (0, 4)]
    assert widths[0] / widths[1] == pytest.approx(102_764_544 / 16_781_312, rel=0.05)


def test_the_largest_network_opens_whole(opened: Callable[..., Any]) -> None:
    """DenseNet-121: 432 operations under 14 blocks, all opened at once."""
    page = opened("densenet121", "X-ray", gestures.BARS)
    with no_rerun(page):
        page.get_by_role("button", name="Open all").click()
        assert until(lambda: page.locator(".cost_breakdown .line").count() > 400)
    assert until(lambda: page.evaluate(WIDER) <= 0)


def test_the_depth_is_scrubbed_and_the_picture_clicked(opened: Callable[..., Any]) -> None:
    page = opened("resnet18", "Receptive field", gestures.FIELD)
    rows = [row for row in architectures.survey("resnet18", training=False).rows if row.is_map]
    place = next(index for index, row in enumerate(rows) if row.name == "layer2.1.add")
    slider, said = page.locator(".field_growth .scrub"), page.locator(".field_growth .numbers")
    with no_rerun(page):
        quick([slider.evaluate(SCRUB, place)], 50)
        expect(said).to_contain_text("sees 99 × 99 pixels, one step is 8", use_inner_text=True)
        before = said.inner_text()
        box = page.locator(".field_growth .picture").bounding_box()
        page.mouse.click(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
        expect(said).not_to_have_text(before, use_inner_text=True)
        expect(said).to_contain_text("beyond its edge", use_inner_text=True)
        page.keyboard.press("Escape")
        expect(said).to_have_text(before, use_inner_text=True)


def test_a_phone_shows_one_quantity_at_a_time(opened: Callable[..., Any]) -> None:
    page = opened("inception_v3", "X-ray", gestures.BARS, size="phone", scheme="dark")
    assert until(lambda: page.evaluate(WIDER) <= 0)
    with no_rerun(page):
        page.locator(".cost_breakdown .which button", has_text="multiply-adds").click()
        expect(page.locator(".cost_breakdown .head")).to_contain_text("5.71 G in all", use_inner_text=True)
    page = opened("inception_v3", "Receptive field", gestures.FIELD, size="phone")
    assert until(lambda: page.evaluate(WIDER) <= 0)


def test_milliseconds_on_request(opened: Callable[..., Any]) -> None:
    page = opened("lenet5", "X-ray", gestures.BARS)
    page.get_by_role("button", name="Measure the milliseconds").click()
    page.get_by_text("Median of n =").first.wait_for()
    expect(page.locator(".cost_breakdown .head")).to_contain_text("Time", use_inner_text=True)
