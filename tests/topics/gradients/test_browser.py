"""The page `gradients` in Chromium: hover, keys and scrubbing without a rerun; curves that stay; zeros named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support import gestures
from tests.support.browser import begins, changed, settled
from tests.support.waiting import until
from tests.topics.gradients import gestures as page_gestures

STAGE = page_gestures.STAGE
pytestmark = pytest.mark.browser


@pytest.fixture
def opened(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    def at(query: str = "", **options: str) -> Any:
        page = open_page(f"{app[0]}/gradients{query}", **options)
        gestures.painted(page, STAGE)
        return page

    return at


def test_hover_and_keys_answer_in_the_browser(opened: Callable[..., Any]) -> None:
    page = opened()
    settled(page)
    with gestures.no_rerun(page):
        gestures.quick(page_gestures.in_browser(page), 0.05)
        stage, card = page.locator(STAGE), page.locator(".depth_curves .card")
        stage.press("Home")
        expect(card).to_contain_text("Layer 1 of 20", use_inner_text=True)
        for _ in range(2):
            stage.press("ArrowRight")
        stage.press("Enter")
        expect(card).to_contain_text("Layer 3 of 20, pinned", use_inner_text=True)
        page.locator(".depth_curves canvas.plot").first.evaluate(page_gestures.HOVER, 0.9)
        expect(card).to_have_attribute("data-layer", "2")
        stage.press("Escape")
        page.locator(".depth_curves canvas.plot").first.evaluate(page_gestures.HOVER, 0.9)
        assert until(lambda: int(card.get_attribute("data-layer")) > 15)
    expect(card).to_contain_text("‖∂L/∂W‖", use_inner_text=True)
    expect(page.locator(".depth_curves .bars canvas")).to_have_count(2)


def test_the_old_curve_stays_until_it_is_cleared(opened: Callable[..., Any]) -> None:
    page = opened()
    keys = page.locator(".depth_curves .keys")
    before = page.locator(STAGE).get_attribute("data-painted")
    page.get_by_text("Skips", exact=True).click()
    changed(page, STAGE, before)
    expect(keys).to_contain_text("sigmoid, Xavier, skips, 20", use_inner_text=True)
    expect(keys).to_contain_text("sigmoid, Xavier, 20", use_inner_text=True)
    before = page.locator(STAGE).get_attribute("data-painted")
    page.get_by_role("button", name="Clear the earlier curves").click()
    changed(page, STAGE, before)
    expect(keys).not_to_contain_text("sigmoid, Xavier, 20", use_inner_text=True)


def test_exact_zeros_are_named(opened: Callable[..., Any]) -> None:
    page = opened("?gradients.initialisation=zeros")
    page.locator(STAGE).press("Home")
    expect(page.locator(".depth_curves .card")).to_contain_text("exactly 0", use_inner_text=True)
    page.get_by_text("No gradient").first.wait_for()


def test_training_is_scrubbed_in_the_browser(opened: Callable[..., Any]) -> None:
    page = opened("?gradients.part=While+it+trains&gradients.depth=5")
    settled(page)
    with gestures.no_rerun(page):
        step = page.locator(".depth_curves .step")
        step.press("End")
        expect(page.locator(".depth_curves .at")).to_have_text(begins("60 ·"), use_inner_text=True)
        step.press("Home")
        expect(page.locator(".depth_curves .at")).to_have_text(begins("0 ·"), use_inner_text=True)


def test_on_a_phone_a_tap_chooses_and_nothing_is_cut(opened: Callable[..., Any]) -> None:
    page = opened(size="phone", scheme="dark")
    page.locator(".depth_curves canvas.plot").first.tap(position={"x": 300, "y": 60})
    expect(page.locator(".depth_curves .card")).to_contain_text("pinned", use_inner_text=True)
    assert until(lambda: page.locator(".depth_curves").evaluate("box => box.scrollWidth <= box.clientWidth + 1"))
