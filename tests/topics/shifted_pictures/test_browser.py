"""Shifted digits in Chromium: a digit follows keys, drags and the pointer without a rerun, as it was measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from cnnviz import samples
from cnnviz.topics.shifted_pictures import digits
from tests.support.browser import begins, idle
from tests.support.gestures import no_rerun, painted

pytestmark = pytest.mark.browser
MAP, TEN = ".shift_map .stage[data-painted]", ".shifted_digits .stage[data-painted]"
DIGIT = f"{MAP} .digit canvas"
GREYS = """(canvas, size) => {
  const small = document.createElement("canvas")
  small.width = small.height = size
  const context = small.getContext("2d")
  context.imageSmoothingEnabled = false
  context.drawImage(canvas, 0, 0, size, size)
  return [...context.getImageData(0, 0, size, size).data].filter((_, index) => index % 4 === 0)
}"""
BARS = """stage => [...stage.querySelectorAll(".bars")].map(
  bars => [...bars.querySelectorAll(".track i")].map(one => one.style.width))"""


@pytest.fixture
def opened(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    def part(name: str, selector: str, **options: str) -> Any:
        page = open_page(f"{app[0]}/shifted_pictures?shifted.part={name}", **options)
        page.get_by_role("heading", level=1).wait_for()
        idle(page)
        painted(page, selector)
        return page

    return part


def test_the_digit_follows_keys_drag_and_pointer(opened: Callable[..., Any]) -> None:
    """What is drawn is the digit moved by so much, and the bars are the networks' answers there."""
    page = opened("Your+digit&picture=digit-on-paper", MAP)
    found = digits.grid(samples.read("digit-on-paper"))
    stage, digit = page.locator(MAP), page.locator(DIGIT)
    with no_rerun(page):
        digit.focus()
        for key in ("ArrowDown", "ArrowDown", "ArrowLeft"):
            page.keyboard.press(key)
        expect(stage).to_have_attribute("data-at", "2,-1")
        inner = np.array(digit.evaluate(GREYS, 28)).reshape(28, 28)[3:25, 3:25]
        assert np.abs(inner - found.picture[1:23, 4:26].astype(int)).max() <= 1
        widths = np.array([[float(one[:-1]) for one in bars] for bars in stage.evaluate(BARS)]) / 100
        assert np.allclose(widths, found.probabilities[:, 10, 7], atol=1e-3)
        page.keyboard.press("Escape")
        expect(stage).to_have_attribute("data-at", "0,0")
        box = digit.bounding_box()
        assert box is not None
        pixel = box["width"] / 28
        page.mouse.move(box["x"] + 100, box["y"] + 100)
        page.mouse.down()
        page.mouse.move(box["x"] + 100 + 4 * pixel, box["y"] + 100 - 3 * pixel, steps=4)
        page.mouse.up()
        expect(stage).to_have_attribute("data-at", "-3,4")
        chart = page.locator(f"{MAP} figure canvas").nth(2)
        chart.scroll_into_view_if_needed()
        box = chart.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 1, box["y"] + 1)
        expect(stage).to_have_attribute("data-at", "-8,-8")
        page.mouse.move(box["x"] - 12, box["y"] - 30)
        expect(stage, "a hover leaves nothing behind").to_have_attribute("data-at", "-3,4")


def test_another_class_has_another_map(opened: Callable[..., Any]) -> None:
    page = opened("Your+digit&picture=digit-on-paper", MAP)
    words = page.locator(f"{MAP} .counted").first
    before = words.inner_text()
    with no_rerun(page):
        page.locator(".shift_map .classes button").nth(5).click()
        expect(words).not_to_have_text(before, use_inner_text=True)
        expect(words).to_have_text(begins("5 at"), use_inner_text=True)
        expect(page.locator(".shift_map .classes [aria-pressed=true]")).to_have_text("5", use_inner_text=True)


def test_ten_digits_follow_the_slider(opened: Callable[..., Any]) -> None:
    page, found = opened("Ten+digits", TEN), digits.ten()
    with no_rerun(page):
        page.locator(".shifted_digits .scrub").focus()
        page.keyboard.press("End")
        expect(page.locator(TEN)).to_have_attribute("data-amount", "8")
        wrong = page.locator(f"{TEN} .answer.wrong").count()
        assert wrong == int((found.answers[:, -1] != found.labels).sum())
        pixels = np.array(page.locator(f"{TEN} canvas").nth(2).evaluate(GREYS, 28)).reshape(28, 28)
        assert np.array_equal(pixels, found.pictures[8, 2])
        page.keyboard.press("Home")
        expect(page.locator(TEN)).to_have_attribute("data-amount", "0")
