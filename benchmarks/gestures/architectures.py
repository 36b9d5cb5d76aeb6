"""Architectures: the depth is scrubbed and blocks are opened in the browser; another network is asked of the server."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.browser import changed
from benchmarks.gestures import painted

PATH = "architectures"
FIELD = ".field_growth[data-painted]"
BARS = ".xray .stage[data-painted]"
SCRUB = """(slider, value) => new Promise(resolve => {
  const since = performance.now()
  slider.value = value
  slider.dispatchEvent(new Event("input", { bubbles: true }))
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""
TOGGLE = """line => new Promise(resolve => {
  const since = performance.now()
  line.click()
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""


def part(page: Any, name: str, selector: str) -> None:
    """Opens one of the page's parts, and waits until it is drawn."""
    page.get_by_role("radio", name=name).click()
    painted(page, selector)
    page.wait_for_timeout(300)


def in_browser(page: Any) -> list[float]:
    """Seconds from another depth to the box and the curve drawn; and from a click on a block to its operations."""
    part(page, "Receptive field", FIELD)
    slider = page.locator(".field_growth .scrub")
    found = [slider.evaluate(SCRUB, 4 * step) / 1000 for step in range(10)]
    part(page, "X-ray", BARS)
    block = page.locator(".xray .line.opens")
    return found + [block.nth(step).evaluate(TOGGLE) / 1000 for step in range(8)]


def by_server(page: Any) -> list[float]:
    """Seconds from another input size to the new bars; every size is counted once and then known."""
    part(page, "X-ray", BARS)
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
