"""Architectures: blocks are opened in the browser; another input size is asked of the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.browser import changed
from tests.support.gestures import painted

PATH = "architectures?architectures.part=X-ray"
FIELD = ".field_growth[data-painted]"
BARS = ".cost_breakdown .stage[data-painted]"
TOGGLE = """line => new Promise(resolve => {
  const since = performance.now()
  line.click()
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""


def in_browser(page: Any) -> list[float]:
    """Seconds from a click on a block to its operations drawn."""
    painted(page, BARS)
    block = page.locator(".cost_breakdown .line.opens")
    return [block.nth(step).evaluate(TOGGLE) / 1000 for step in range(10)]


def by_server(page: Any) -> list[float]:
    """Seconds from another input size to the new bars; every size is counted once and then known."""
    painted(page, BARS)
    box = page.get_by_role("spinbutton", name="Input size")
    found = []
    for turn in range(10):
        before = page.locator(BARS).get_attribute("data-painted")
        box.fill(str(256 if turn % 2 else 192))
        since = time.perf_counter()
        box.press("Enter")
        changed(page, BARS, before)
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(300)
    return found
