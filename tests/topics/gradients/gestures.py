"""Gradients and depth: layers are pointed at in the browser; another depth is asked of the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.browser import changed
from tests.support.gestures import painted

PATH = "gradients"
STAGE = ".depth_curves .stage[data-painted]"
HOVER = """(target, share) => new Promise(resolve => {
  const box = target.getBoundingClientRect(), since = performance.now()
  target.dispatchEvent(new PointerEvent("pointermove",
    { clientX: box.left + share * box.width, clientY: box.top + 60, bubbles: true, pointerType: "mouse" }))
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""


def in_browser(page: Any) -> list[float]:
    """Seconds from pointing at another layer to its frame: both plots, the strip, the numbers, the histograms."""
    painted(page, STAGE)
    plot = page.locator(".depth_curves canvas.plot").first
    return [plot.evaluate(HOVER, 0.2 + 0.05 * step) / 1000 for step in range(15)]


def by_server(page: Any) -> list[float]:
    """Seconds from one layer more or fewer to the new curves; every depth is measured once and then known."""
    slider = page.get_by_role("slider", name="Number of layers")
    slider.focus()
    found = []
    for turn in range(10):
        before = page.locator(STAGE).get_attribute("data-painted")
        since = time.perf_counter()
        page.keyboard.press("ArrowLeft" if turn % 2 else "ArrowRight")
        changed(page, STAGE, before)
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(300)
    return found
