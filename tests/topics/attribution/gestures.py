"""Why this answer: the pointer moves over all maps in the browser; another class is asked of the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.gestures import painted

PATH = "attribution"
STAGE = ".map-grid .stage[data-painted]"
HOVER = """(target, share) => new Promise(resolve => {
  const box = target.getBoundingClientRect(), since = performance.now()
  target.dispatchEvent(new PointerEvent("pointermove",
    { clientX: box.left + share * box.width, clientY: box.top + box.height / 2, bubbles: true, pointerType: "mouse" }))
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""


def in_browser(page: Any) -> list[float]:
    """Seconds from pointing at another pixel to its mark and number on every map."""
    painted(page, STAGE)
    canvas = page.locator(".map-grid figure[data-name=gradient] canvas").first
    return [canvas.evaluate(HOVER, 0.2 + 0.05 * step) / 1000 for step in range(10)]


def by_server(page: Any) -> list[float]:
    """Seconds from a click on another map to what is said of it."""
    found = []
    for turn in range(6):
        name = ("lrp", "gradient")[turn % 2]
        since = time.perf_counter()
        page.locator(f".map-grid figure[data-name={name}] canvas").first.click()
        page.wait_for_selector(f".map-grid[data-chosen={name}]")
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(300)
    return found
