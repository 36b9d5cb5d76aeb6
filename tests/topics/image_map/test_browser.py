"""The map of the images in Chromium: wheel, drag, keys and the live region, without a rerun."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import idle
from tests.support.gestures import no_rerun
from tests.support.waiting import stays, until

pytestmark = pytest.mark.browser
LINK = "image_map?network=run:mnist-lenet5-df3d2154&image_map.images=digits&image_map.count=100"


def test_it_is_wheeled_dragged_and_walked_by_keys_without_a_rerun(
    app: tuple[str, int], open_page: Callable[..., Any]
) -> None:
    page = open_page(f"{app[0]}/{LINK}")
    whole = page.locator(".image-map[data-ready]")
    whole.wait_for()
    idle(page)
    ground, drawn = page.locator(".image-map .ground"), page.locator(".image-map canvas.map")
    live, title = page.locator(".image-map .live"), page.locator(".image-map .title")

    def pixels() -> str:
        return str(drawn.evaluate("canvas => canvas.toDataURL()"))

    with no_rerun(page):
        expect(page.locator(".image-map [tabindex='0']"), "one tab stop for all images").to_have_count(1)
        box = ground.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        seen = pixels()
        page.mouse.wheel(0, -200)
        assert stays(lambda: pixels() == seen), "the wheel scrolls the page until the map has the focus"
        ground.focus()
        page.mouse.wheel(0, -200)
        page.wait_for_function("([c, old]) => c.toDataURL() !== old", arg=[drawn.element_handle(), seen])
        nearer = pixels()
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2 + 40, steps=4)
        page.mouse.up()
        assert until(lambda: pixels() != nearer)
        ground.press("0")
        ground.press("ArrowRight")
        assert until(lambda: live.inner_text() == title.inner_text() != ""), "what an arrow leads to is said"
        first = title.inner_text()
        ground.press("ArrowLeft")
        assert until(lambda: live.inner_text() == title.inner_text() != first)
        ground.press("Enter")
        kept = title.inner_text()
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 20, steps=8)
        assert stays(lambda: title.inner_text() == kept), "what is kept stays under the pointer"
        ground.press("Escape")
    layer = whole.get_attribute("data-layer")
    ground.press("PageUp")
    assert until(lambda: whole.get_attribute("data-layer") != layer)
    page.wait_for_url("**image_map.layer=**")  # once it rests, the link is told
