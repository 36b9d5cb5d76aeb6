"""Data and batches: images are pointed at in the browser; another page of them is asked of the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.browser import changed
from tests.support.gestures import painted

PATH = "data"
GRID = ".picture_sheet .grid[data-painted]"
HOVER = """(target, [x, y]) => new Promise(resolve => {
  const box = target.getBoundingClientRect(), since = performance.now()
  target.dispatchEvent(new PointerEvent("pointermove",
    { clientX: box.left + x, clientY: box.top + y, bubbles: true, pointerType: "mouse" }))
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""


def in_browser(page: Any) -> list[float]:
    """Seconds from pointing at another image to its frame: enlarged, with its numbers."""
    painted(page, GRID)
    grid = page.locator(GRID).first
    return [grid.evaluate(HOVER, [30 + 62 * (step % 8), 30 + 80 * (step // 8)]) / 1000 for step in range(15)]


def by_server(page: Any) -> list[float]:
    """Seconds from turning the page to the next images on it."""
    found = []
    page.get_by_role("spinbutton", name="Page").focus()
    for turn in range(10):
        before = page.locator(GRID).first.get_attribute("data-painted")
        page.get_by_role("spinbutton", name="Page").focus()
        since = time.perf_counter()
        page.keyboard.press("ArrowDown" if turn % 2 else "ArrowUp")
        page.keyboard.press("Enter")
        changed(page, GRID, before)
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(300)
    return found
