"""Shifted digits: a digit is moved over the map of all places in the browser; another image needs the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.browser import changed
from tests.support.gestures import painted

PATH = "shifted_pictures?shifted.part=Your+digit&picture=digit-on-paper"
STAGE = ".shift_map .stage[data-painted]"
POINT = """(stage, share) => new Promise(resolve => {
  const map = stage.querySelectorAll("figure canvas")[1], box = map.getBoundingClientRect(), since = performance.now()
  map.dispatchEvent(new PointerEvent("pointermove",
    { clientX: box.left + share * box.width, clientY: box.top + (1 - share) * box.height, bubbles: true }))
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""


def in_browser(page: Any) -> list[float]:
    """Seconds from pointing at another place to the frame with the moved digit and both networks' answers."""
    painted(page, STAGE)
    stage = page.locator(STAGE)
    return [stage.evaluate(POINT, (step + 0.5) / 17) / 1000 for step in range(17)]


def by_server(page: Any) -> list[float]:
    """Seconds from a click on another image to its two maps."""
    painted(page, STAGE)
    thumbnails = page.locator(".strip [role=radio]")
    if not thumbnails.first.is_visible():  # the popover stays open from one round to the next
        page.get_by_role("button", name="Image:").click()
    thumbnails.first.wait_for()
    found = []
    for turn in range(10):
        before = page.locator(STAGE).get_attribute("data-painted")
        since = time.perf_counter()
        thumbnails.nth(turn % 2).click()
        changed(page, STAGE, before)
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(300)
    return found
