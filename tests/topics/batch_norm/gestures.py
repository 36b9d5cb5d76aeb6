"""Batch normalisation: a trained layer's channels are pointed at in the browser; another layer needs the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.browser import changed
from tests.support.gestures import painted

PATH = "batch_norm?batch_norm.part=In+a+trained+network"
STRIPS = ".norm_channels .strips[data-painted]"
LAYERS = ("stage1.0.project.norm", "stem.norm")
POINT = """(target, share) => new Promise(resolve => {
  const box = target.getBoundingClientRect(), since = performance.now()
  target.dispatchEvent(new PointerEvent("pointermove",
    { clientX: box.left + share * box.width, clientY: box.top + 30, bubbles: true, pointerType: "mouse" }))
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""


def in_browser(page: Any) -> list[float]:
    """Seconds from pointing at another channel to the frame with both of its histograms and its numbers."""
    painted(page, STRIPS)
    strips = page.locator(".norm_channels .strips").first
    return [strips.evaluate(POINT, (step + 0.5) / 20) / 1000 for step in range(20)]


def by_server(page: Any) -> list[float]:
    """Seconds from choosing another BatchNorm layer to its channels on the page."""
    found = []
    for turn in range(10):
        before = page.locator(STRIPS).first.get_attribute("data-painted")
        page.get_by_role("combobox", name="BatchNorm layer").click()
        page.keyboard.type(LAYERS[turn % 2])
        page.wait_for_timeout(150)
        since = time.perf_counter()
        page.keyboard.press("Enter")
        changed(page, STRIPS, before)
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(300)
    return found
