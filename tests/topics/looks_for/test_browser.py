"""What a unit looks for, in Chromium: one tab stop an end, arrows, and what they lead to is said, without a rerun."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import idle
from tests.support.gestures import no_rerun
from tests.support.waiting import stays

pytestmark = pytest.mark.browser
LINK = "looks_for?network=run:mnist-lenet5-df3d2154"


def test_the_pieces_are_walked_by_keys_and_kept_without_a_rerun(
    app: tuple[str, int], open_page: Callable[..., Any]
) -> None:
    page = open_page(f"{app[0]}/{LINK}")
    page.locator(".unit-patches[data-ready]").wait_for()
    idle(page)
    highest, lowest = page.locator(".unit-patches .highest"), page.locator(".unit-patches .lowest")
    live, title = page.locator(".unit-patches .live"), page.locator(".unit-patches .title")
    with no_rerun(page):
        expect(page.locator(".unit-patches [tabindex='0']"), "one tab stop for each end").to_have_count(2)
        highest.focus()
        for key, number in (("ArrowRight", 2), ("ArrowDown", 5), ("ArrowLeft", 4), ("ArrowUp", 1), ("ArrowUp", 1)):
            highest.press(key)
            expect(live, key).to_have_text(re.compile(f"^highest {number}: "), use_inner_text=True)
        highest.press("Enter")
        kept = title.inner_text()
        lowest.hover(position={"x": 20, "y": 20})
        assert stays(lambda: title.inner_text() == kept), "what is kept stays under the pointer"
        highest.press("Escape")
        lowest.hover(position={"x": 24, "y": 24})
        expect(live).to_have_text(re.compile("^lowest 1: "), use_inner_text=True)
