"""The page `gradients` in Chromium: hover, keys and scrubbing without a rerun; curves that stay; zeros named."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import pytest

from tests.support import gestures
from tests.support.browser import changed, idle
from tests.topics.gradients import gestures as page_gestures

STAGE = page_gestures.STAGE
pytestmark = pytest.mark.browser


@pytest.fixture
def opened(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    def at(query: str = "", **options: str) -> Any:
        page = open_page(f"{app[0]}/gradients{query}", **options)
        gestures.painted(page, STAGE)
        if page.get_by_role("dialog").count():  # Streamlit's "Page not found" at the first deep link of a server
            page.keyboard.press("Escape")
            page.get_by_role("dialog").wait_for(state="detached")
        return page

    return at


@pytest.mark.timed
def test_hover_and_keys_answer_in_the_browser(opened: Callable[..., Any]) -> None:
    page = opened()
    idle(page)
    page.wait_for_timeout(500)
    with gestures.no_rerun(page):
        assert statistics.median(page_gestures.in_browser(page)) < 0.05
        stage, card = page.locator(STAGE), page.locator(".depth_curves .card")
        stage.press("Home")
        assert "Layer 1 of 20" in card.inner_text()
        for _ in range(2):
            stage.press("ArrowRight")
        stage.press("Enter")
        assert "Layer 3 of 20, pinned" in card.inner_text()
        page.locator(".depth_curves canvas.plot").first.evaluate(page_gestures.HOVER, 0.9)
        assert card.get_attribute("data-layer") == "2"
        stage.press("Escape")
        page.locator(".depth_curves canvas.plot").first.evaluate(page_gestures.HOVER, 0.9)
        assert int(card.get_attribute("data-layer")) > 15
    assert "‖∂L/∂W‖" in card.inner_text()
    assert page.locator(".depth_curves .bars canvas").count() == 2


def test_the_old_curve_stays_until_it_is_cleared(opened: Callable[..., Any]) -> None:
    page = opened()
    keys = page.locator(".depth_curves .keys")
    before = page.locator(STAGE).get_attribute("data-painted")
    page.get_by_text("Skips", exact=True).click()
    changed(page, STAGE, before)
    assert "sigmoid, Xavier, skips, 20" in keys.inner_text()
    assert "sigmoid, Xavier, 20" in keys.inner_text()
    before = page.locator(STAGE).get_attribute("data-painted")
    page.get_by_role("button", name="Clear the earlier curves").click()
    changed(page, STAGE, before)
    assert "sigmoid, Xavier, 20" not in keys.inner_text()


def test_exact_zeros_are_named(opened: Callable[..., Any]) -> None:
    page = opened("?gradients.initialisation=zeros")
    page.locator(STAGE).press("Home")
    assert "exactly 0" in page.locator(".depth_curves .card").inner_text()
    page.get_by_text("No gradient").first.wait_for()


def test_training_is_scrubbed_in_the_browser(opened: Callable[..., Any]) -> None:
    page = opened("?gradients.part=While+it+trains&gradients.depth=5")
    idle(page)
    page.wait_for_timeout(300)
    with gestures.no_rerun(page):
        step = page.locator(".depth_curves .step")
        step.press("End")
        assert page.locator(".depth_curves .at").inner_text().startswith("60 ·")
        step.press("Home")
        assert page.locator(".depth_curves .at").inner_text().startswith("0 ·")


def test_on_a_phone_a_tap_chooses_and_nothing_is_cut(opened: Callable[..., Any]) -> None:
    page = opened(size="phone", scheme="dark")
    page.locator(".depth_curves canvas.plot").first.tap(position={"x": 300, "y": 60})
    assert "pinned" in page.locator(".depth_curves .card").inner_text()
    assert page.locator(".depth_curves").evaluate("box => box.scrollWidth <= box.clientWidth + 1")
