"""Activations: x is dragged over the curves in the browser; another threshold is counted by the server."""

from __future__ import annotations

import time
from typing import Any

from cnnviz.topics.activations.captions import MORE, SATURATED_BELOW
from tests.support.browser import changed, idle
from tests.support.gestures import painted

PATH = "activations"
CURVES = ".curve-drag[data-painted]"
MAP = ".activation-map[data-painted]"
DRAG = """(target, share) => new Promise(resolve => {
  const box = target.getBoundingClientRect(), since = performance.now()
  const at = { clientX: box.left + share * box.width, clientY: box.top + 80, bubbles: true, pointerType: "mouse" }
  target.dispatchEvent(new PointerEvent("pointerdown", { ...at, pointerId: 1, isPrimary: true }))
  target.dispatchEvent(new PointerEvent("pointermove", at))
  target.dispatchEvent(new PointerEvent("pointerup", at))
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""


def in_browser(page: Any) -> list[float]:
    """Seconds from dragging x to the frame with the tangent, both curves, the formula and the numbers there."""
    painted(page, CURVES)
    stage = page.locator(".curve-drag .stage")
    return [stage.evaluate(DRAG, 0.15 + 0.05 * step) / 1000 for step in range(15)]


def by_server(page: Any) -> list[float]:
    """Seconds from another threshold to the map with every function's share of saturated cells."""
    page.get_by_role("radio", name="On a real map").click()
    painted(page, MAP)
    idle(page)
    page.get_by_role("button", name=MORE).click()
    page.get_by_role("slider", name=SATURATED_BELOW).focus()
    found = []
    for turn in range(10):
        before = page.locator(MAP).get_attribute("data-painted")
        since = time.perf_counter()
        page.keyboard.press("ArrowLeft" if turn % 2 else "ArrowRight")
        changed(page, MAP, before)
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(400)
    page.keyboard.press("Escape")  # closes the box that it stands in
    page.get_by_role("slider", name=SATURATED_BELOW).wait_for(state="detached")
    return found
