"""Dropout: p is scrubbed and a cell is pointed at in the browser; another seed, another layer need the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.browser import changed
from tests.support.gestures import SCRUB, painted

PATH = "dropout?dropout.over=layer+channels"
STAGE = ".dropout .stage[data-painted]"
POINT = """(target, share) => new Promise(resolve => {
  const box = target.getBoundingClientRect(), since = performance.now()
  target.dispatchEvent(new PointerEvent("pointermove",
    { clientX: box.left + share * 100 + 5, clientY: box.top + 30, bubbles: true, pointerType: "mouse" }))
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""


def in_browser(page: Any) -> list[float]:
    """Seconds from another p, or from another cell, to the frame with all nine plates and the formulas there."""
    painted(page, STAGE)
    slider, plate = page.locator(".dropout .p").first, page.locator(".dropout .canvases").first
    scrubbed = [slider.evaluate(SCRUB, f"{0.05 + 0.06 * step:.2f}") / 1000 for step in range(15)]
    return scrubbed + [plate.evaluate(POINT, step / 15) / 1000 for step in range(15)]


def by_server(page: Any) -> list[float]:
    """Seconds from "Another mask" to the new mask over the layer's channels."""
    painted(page, STAGE)
    found = []
    for _turn in range(10):
        before = page.locator(STAGE).first.get_attribute("data-painted")
        since = time.perf_counter()
        page.get_by_role("button", name="Another mask").click()
        changed(page, STAGE, before)
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(400)
    return found
