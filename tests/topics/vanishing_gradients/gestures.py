"""Vanishing gradients: the step is scrubbed and a layer pointed at in the browser; other cells need the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.browser import changed
from tests.support.gestures import SCRUB, painted

PATH = "vanishing_gradients?vanishing.part=Sixteen+convolutions"
STAGE = ".layer_norms .stage[data-painted]"
POINT = """(target, share) => new Promise(resolve => {
  const box = target.getBoundingClientRect(), since = performance.now()
  target.dispatchEvent(new PointerEvent("pointermove",
    { clientX: box.left + share * box.width, clientY: box.top + 30, bubbles: true, pointerType: "mouse" }))
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""


def in_browser(page: Any) -> list[float]:
    """Seconds from another step, or another layer, to the frame with all twelve charts."""
    painted(page, STAGE)
    slider, chart = page.locator(".layer_norms .scrub").first, page.locator(".layer_norms canvas").first
    scrubbed = [slider.evaluate(SCRUB, str(step)) / 1000 for step in range(1, 16)]
    return scrubbed + [chart.evaluate(POINT, (step + 4) / 20) / 1000 for step in range(15)]


def by_server(page: Any) -> list[float]:
    """Seconds from taking an activation away, or back, to the charts of the others."""
    painted(page, STAGE)
    found = []
    for _turn in range(10):
        before = page.locator(STAGE).first.get_attribute("data-painted")
        since = time.perf_counter()
        page.get_by_test_id("stButtonGroup").get_by_role("button", name="tanh").click()
        changed(page, STAGE, before)
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(500)
    return found
