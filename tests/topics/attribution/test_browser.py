"""The grid of maps in Chromium: one pointer over all maps without a rerun, and a click that opens a method."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import idle
from tests.support.gestures import no_rerun, painted
from tests.topics.attribution import gestures

pytestmark = pytest.mark.browser


def test_one_pointer_reads_every_map_and_a_click_opens_one(app: tuple[str, int], open_page: Callable[..., Any]) -> None:
    page = open_page(f"{app[0]}/{gestures.PATH}?network=run:mnist-lenet5-df3d2154")
    painted(page, gestures.STAGE)
    idle(page)
    cut = "all => all.filter(one => one.scrollWidth > one.clientWidth).length"
    assert page.locator(".map-grid figcaption").evaluate_all(cut) == 0
    assert page.locator(".map-grid .name").all_text_contents().count("Guided backpropagation") == 1
    with no_rerun(page):
        page.locator(".map-grid figure[data-name=grad_cam] canvas").first.hover()
        page.wait_for_selector(".map-grid[data-at*='/']")
        values = page.locator(".map-grid figure .value").all_text_contents()
        assert sum(bool(text) and "±" not in text for text in values) >= 6
        page.locator(".map-grid .slide input").fill("1")
        expect(page.locator(".map-grid")).to_have_attribute("data-opacity", "1")
    page.locator(".map-grid figure[data-name=lrp] canvas").first.click()
    page.wait_for_selector(".map-grid[data-chosen=lrp]")
    idle(page)
    expect(page).to_have_url(re.compile(re.escape("method=lrp")))
