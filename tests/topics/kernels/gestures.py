"""Learned kernels: tiles are pointed at in the browser; another layer or another kernel is asked of the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.browser import changed
from tests.support.gestures import painted

PATH = "kernels"
GRID = ".kernel_grid .grid[data-painted]"
LAYERS = ("stage1.0.depthwise.conv", "stem.conv")
HOVER = """(target, [x, y]) => new Promise(resolve => {
  const box = target.getBoundingClientRect(), since = performance.now()
  target.dispatchEvent(new PointerEvent("pointermove",
    { clientX: box.left + x, clientY: box.top + y, bubbles: true, pointerType: "mouse" }))
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""


def in_browser(page: Any) -> list[float]:
    """Seconds from pointing at another kernel to its frame: tile, enlarged numbers, response, nearest classic, map."""
    painted(page, GRID)
    grid = page.locator(GRID).first
    return [grid.evaluate(HOVER, [30 + 92 * (step % 5), 50 + 100 * (step // 5)]) / 1000 for step in range(15)]


def by_server(page: Any) -> list[float]:
    """Seconds from choosing another layer to its kernels on the page."""
    found = []
    for turn in range(10):
        before = page.locator(GRID).first.get_attribute("data-painted")
        page.get_by_role("combobox", name="Layer").click()
        page.keyboard.type(f"{LAYERS[turn % 2]} ")
        page.wait_for_timeout(150)
        since = time.perf_counter()
        page.keyboard.press("Enter")
        changed(page, GRID, before)
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(300)
    return found
