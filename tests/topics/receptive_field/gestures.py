"""Receptive field: cells and pixels are pointed at in the browser; another cell's gradient is asked of the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.browser import changed
from tests.support.gestures import painted

PATH = "receptive_field"
MAP = ".field-map[data-painted]"
HOVER = """(target, [x, y]) => new Promise(resolve => {
  const box = target.getBoundingClientRect(), since = performance.now()
  target.dispatchEvent(new PointerEvent("pointermove",
    { clientX: box.left + x * box.width, clientY: box.top + y * box.height, bubbles: true, pointerType: "mouse" }))
  requestAnimationFrame(() => setTimeout(() => resolve((performance.now() - since) / 1000)))
})"""


def in_browser(page: Any) -> list[float]:
    """Seconds from pointing at another cell, or another pixel, to the frame with its box or its cells."""
    painted(page, MAP)
    found = []
    for step in range(16):
        canvas = page.locator(f"{MAP} canvas.{('map', 'picture')[step % 2]}").first
        found.append(canvas.evaluate(HOVER, [0.06 + 0.055 * step, 0.9 - 0.05 * step]))
    return found


def by_server(page: Any) -> list[float]:
    """Seconds from clicking a cell to its gradient on the image."""
    painted(page, MAP)
    canvas, found = page.locator(f"{MAP} canvas.map").first, []
    for step in range(9):
        before = page.locator(MAP).first.get_attribute("data-painted")
        box = canvas.bounding_box()
        since = time.perf_counter()
        canvas.click(position={"x": box["width"] * (0.1 + 0.09 * step), "y": box["height"] * (0.2 + 0.07 * step)})
        changed(page, MAP, before)
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(300)
    return found
