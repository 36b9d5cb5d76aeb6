"""Somebody who has never seen it: tour, drawing, unit, a wrong answer, the way on, training, Back, a link elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from pages.shared.navigation import COURSE
from tests.support.browser import PAINTED, idle, open_training, rerun
from tests.support.waiting import until

AT = "path => location.pathname.endsWith(path) && location.search.includes('present=1')"
PARTS = ".st-key-pooling-part [role=radio]"
pytestmark = pytest.mark.browser


def _answered(page: Any, kind: str) -> str:
    """Chooses answers until one is "wrong" or "right", as asked; what is said under it."""
    answers = page.locator(".predict .answers button")
    for at in range(answers.count()):
        answers.nth(at).click()
        if answers.nth(at).get_attribute("class") == kind:
            return str(page.locator(".predict .said").inner_text())
    raise AssertionError(f"no answer was {kind}")


def _drawn_on(page: Any) -> None:
    """Two strokes on the sheet close the 3 that lies there to an 8."""
    box = page.locator(".paper").bounding_box()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    for x, y in ((0.3, 0.33), (0.4, 0.5), (0.3, 0.65), (0.35, 0.8)):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=6)
    page.mouse.up()
    page.get_by_text(re.compile(r"drawing →\s*8")).first.wait_for()
    idle(page)


def _copied(page: Any) -> str:
    page.evaluate("navigator.clipboard.writeText = async text => { window.__copied = text }")
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Copied").wait_for()
    return str(page.evaluate("window.__copied"))


def test_the_tour_a_drawing_a_unit_a_wrong_answer_training_back_and_the_link(
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

    _drawn_on(page)
    stage = page.locator(".cnnviz .stage")
    stage.focus()
    for key in ("ArrowRight", "ArrowRight", "Space"):  # from the image over the first layer to its ReLU
        stage.press(key)
    page.locator(".mosaic .grid").click(position={"x": 30, "y": 40})
    unit = page.locator("article.card[data-ready]")
    unit.wait_for()
    expect(unit.locator(".proof")).to_contain_text("agrees", use_inner_text=True)
    opened = unit.locator(".title").inner_text()

    page.locator(".predict .fold").click()
    assert _answered(page, "wrong").startswith("Not this one. ")
    assert _answered(page, "right").startswith("Right. ")
    page.wait_for_url("**ask=1**")
    question = page.locator(".predict .words").inner_text()

    idle(page)
    page.locator(".st-key-course-next a").first.click()
    page.get_by_role("heading", level=1).filter(has_not_text="cnnviz").wait_for()
    idle(page)
    page.get_by_text(f"2 of {len(COURSE)} opened").first.wait_for()
    open_training(page)
    page.get_by_label("For", exact=True).fill("1")
    page.get_by_label("For", exact=True).press("Enter")
    idle(page)
    page.get_by_role("button", name="Start").click()
    page.get_by_test_id("stSidebar").get_by_text(re.compile(r"finished · step [\d,]+")).wait_for()

    page.go_back()
    page.wait_for_selector(PAINTED)
    unit.wait_for()
    expect(unit.locator(".title")).to_have_text(opened, use_inner_text=True)
    page.get_by_text(re.compile(r"drawing →\s*8")).first.wait_for()
    page.wait_for_url("**ask=1**")

    other = open_page(_copied(page), "phone")  # another profile, which remembers nothing of this one
    other.locator("article.card[data-ready]").wait_for()
    expect(other.locator("article.card .title")).to_have_text(opened, use_inner_text=True)
    other.get_by_text("an image of its sender's own, which is not here").wait_for()
    other.locator(".predict .fold[aria-expanded=true]").wait_for()
    asked = other.locator(".predict .words")
    expect(asked).not_to_have_text(question, use_inner_text=True)  # of another image: it asks from what is there

    page.get_by_role("button", name="Now a photo").click()
    page.get_by_text(re.compile(r"cat →")).first.wait_for()
    idle(page)
    other.goto(_copied(page))
    other.get_by_text(re.compile(r"cat →")).first.wait_for()
    answer = ".st-key-explore-answer button"
    assert until(lambda: other.locator(answer).inner_text() == page.locator(answer).inner_text())
    assert until(lambda: asked.inner_text() == page.locator(".predict .words").inner_text())


def test_words_explain_themselves_and_present_mode_goes_on_by_keys(
    app: tuple[str, int], open_page: Callable[..., Any]
) -> None:
    page = open_page(f"{app[0]}/pooling?hide=menu,training")
    page.set_viewport_size({"width": 1280, "height": 720})
    idle(page)
    word = page.locator('.cnnviz-term[data-term="feature map"]')
    card = page.locator(".cnnviz-term-card")

    def explained() -> str:
        if not card.count():  # a page that is still drawing may have taken the focus again
            word.blur()
            word.focus()
        return " ".join(card.all_inner_texts()).lower()

    assert until(lambda: "what one kernel makes of its whole input" in explained())
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
    shown = page.locator(f"{PARTS}[aria-checked=true]")
    page.locator(PARTS).first.wait_for()
    parts = page.locator(PARTS).all_inner_texts()
    assert len(parts) > 1
    for name in parts[1:]:  # from part to part, then to the next page
        page.locator(".st-key-course-next button", has_text=name).wait_for()
        with rerun(page):
            page.keyboard.press("PageDown")
        expect(shown).to_have_text(name, use_inner_text=True)
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


def test_the_way_from_part_to_part_by_the_keyboard(app: tuple[str, int], open_page: Callable[..., Any]) -> None:
    page = open_page(f"{app[0]}/dropout")
    idle(page)
    onward = page.locator(".st-key-course-next button")
    row = page.locator(".st-key-dropout-part [role=radio]")
    row.first.wait_for()  # the first run of a visit may end with nothing on the page
    names = row.all_inner_texts()
    assert len(names) > 1
    for name in names[1:]:
        expect(onward).to_have_text(re.compile(name), use_inner_text=True)
        onward.focus()
        with rerun(page):
            page.keyboard.press("Enter")
        expect(page.locator(".st-key-dropout-part [role=radio]:focus")).to_have_text(name, use_inner_text=True)
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    expect(onward).to_have_count(0)
    page.locator(".st-key-course-next a").first.wait_for()
