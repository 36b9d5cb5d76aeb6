"""Somebody who has never seen it: the tour, a question answered wrongly, the way on, Back, and the link elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from pages.shared.navigation import COURSE
from tests.support.browser import PAINTED, idle
from tests.support.waiting import until

AT = "path => location.pathname.endsWith(path) && location.search.includes('present=1')"
pytestmark = pytest.mark.browser


def _answered(page: Any, kind: str) -> str:
    """Chooses answers until one is "wrong" or "right", as asked; what is said under it."""
    answers = page.locator(".predict .answers button")
    for at in range(answers.count()):
        answers.nth(at).click()
        if answers.nth(at).get_attribute("class") == kind:
            return str(page.locator(".predict .said").inner_text())
    raise AssertionError(f"no answer was {kind}")


def test_the_tour_a_wrong_answer_the_way_on_back_and_the_link(
    app: tuple[str, int], open_page: Callable[..., Any]
) -> None:
    page = open_page(f"{app[0]}/")
    page.wait_for_selector(PAINTED)
    title = page.locator(".tour .title")
    page.locator(".tour .offer").click()
    page.locator(".tour .count", has_text="1 of 8").wait_for()
    page.keyboard.press("Enter")  # the way on has the focus
    page.locator(".tour .count", has_text="2 of 8").wait_for()
    page.locator(".st-key-explore-beside", has_text="Conv2d").wait_for()
    page.keyboard.press("ArrowRight")
    page.locator(".tour .count", has_text="3 of 8").wait_for()
    expect(title).to_have_text("ReLU", use_inner_text=True)
    page.wait_for_url("**layer=activation1**")
    page.keyboard.press("Escape")
    page.locator(".tour .card").wait_for(state="hidden")
    page.locator(".st-key-explore-beside").wait_for(state="detached")

    page.locator(".predict .fold").click()
    assert _answered(page, "wrong").startswith("Not this one. ")
    assert _answered(page, "right").startswith("Right. ")
    page.wait_for_url("**ask=1**")
    explore = page.url

    idle(page)
    page.locator(".st-key-course-next a").first.click()
    page.get_by_role("heading", level=1).filter(has_not_text="cnnviz").wait_for()
    idle(page)
    page.get_by_text(f"2 of {len(COURSE)} opened").first.wait_for()
    page.go_back()
    page.wait_for_selector(PAINTED)
    page.wait_for_url("**ask=1**")

    other = open_page(explore, "phone")  # another profile, which remembers nothing of this one
    other.wait_for_selector(PAINTED)
    other.locator(".predict .fold[aria-expanded=true]").wait_for()
    expect(other.locator(".predict .words")).to_have_text(
        page.locator(".predict .words").inner_text(), use_inner_text=True
    )


def test_words_explain_themselves_and_present_mode_goes_on_by_keys(
    app: tuple[str, int], open_page: Callable[..., Any]
) -> None:
    page = open_page(f"{app[0]}/pooling?hide=menu,training")
    page.set_viewport_size({"width": 1280, "height": 720})
    idle(page)
    word = page.locator('.cnnviz-term[data-term="feature map"]')
    word.focus()
    card = page.locator(".cnnviz-term-card")
    card.wait_for()
    assert until(lambda: "what one kernel makes of its whole input" in card.inner_text().lower())
    page.keyboard.press("Escape")
    card.wait_for(state="detached")
    expect(page.get_by_test_id("stTopNavSection").first).not_to_be_visible()

    page.evaluate("window.dispatchEvent(new Event('cnnviz-present'))")
    page.wait_for_url("**present=1**")
    sizes = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMain] [data-testid=stMarkdownContainer] p')]"
        ".filter(p => p.offsetParent).map(p => parseFloat(getComputedStyle(p).fontSize))"
    )
    assert min(sizes) >= 20
    idle(page)
    page.locator(".st-key-course-next a", has_text="Receptive").first.wait_for()
    page.keyboard.press("PageDown")
    page.wait_for_function(AT, arg="/receptive_field")
    page.locator(".st-key-course-back a", has_text="Pooling").first.wait_for()
    idle(page)
    page.keyboard.press("PageUp")
    page.wait_for_function(AT, arg="/pooling")
    idle(page)
    page.keyboard.press("Escape")
    page.locator(".cnnviz-presenting").wait_for(state="detached")
    expect(page).not_to_have_url(re.compile(re.escape("present")))
