"""The graph of a network: boxes opened, folded and pointed at in the browser; the part of the page by the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.browser import idle
from tests.support.gestures import painted

PATH = "architectures?network=inception_v3&architectures.part=Graph"
STAGE = ".graph .stage[data-painted]"
# Milliseconds from the event to the frame after the answer was drawn.
CLICK = """(target, [x, y]) => new Promise(resolve => {
  const box = target.getBoundingClientRect(), since = performance.now()
  const at = { clientX: box.left + x, clientY: box.top + y, bubbles: true, pointerId: 7, pointerType: "mouse" }
  target.dispatchEvent(new PointerEvent("pointerdown", at))
  target.dispatchEvent(new PointerEvent("pointerup", at))
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""
POINT = """(target, [x, y]) => new Promise(resolve => {
  const box = target.getBoundingClientRect(), since = performance.now()
  target.dispatchEvent(new PointerEvent("pointermove",
    { clientX: box.left + x, clientY: box.top + y, bubbles: true, pointerId: 7, pointerType: "mouse" }))
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""
# The longest time between two frames while all is opened (or folded), in milliseconds.
ALL = """async (button) => {
  const frames = []
  let on = true, last = 0
  await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  const tick = () => {
    frames.push(performance.now() - last)
    last = performance.now()
    if (on) requestAnimationFrame(tick)
  }
  last = performance.now()
  requestAnimationFrame(tick)
  button.click()
  await new Promise(resolve => setTimeout(resolve, 400))
  on = false
  return Math.max(...frames)
}"""


def in_browser(page: Any) -> list[float]:
    """Seconds for opening or folding a box, and for pointing at one."""
    painted(page, STAGE)
    stage = page.locator(STAGE)
    box = stage.bounding_box()
    places = [(box["width"] * share, box["height"] * 0.5) for share in (0.25, 0.5, 0.75)]
    stage.press("ArrowDown")
    found = []
    for turn in range(10):
        stage.evaluate(POINT, [places[turn % 3][0], 80 + 30 * turn])
        found.append(stage.evaluate(POINT, [places[(turn + 1) % 3][0], 80 + 30 * turn]) / 1000)
        found.append(stage.evaluate(CLICK, list(places[turn % 3])) / 1000)
    page.locator(".graph .none").click()
    return found


def by_server(page: Any) -> list[float]:
    """Seconds from the part's name to the graph."""
    found = []
    for _turn in range(10):
        page.get_by_role("radio", name="Card and layers").click()
        page.wait_for_selector(STAGE, state="detached")
        idle(page)
        since = time.perf_counter()
        page.get_by_role("radio", name="Graph").click()
        painted(page, STAGE)
        found.append(time.perf_counter() - since)
        idle(page)
    return found
