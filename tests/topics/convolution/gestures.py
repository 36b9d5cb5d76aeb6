"""The convolution page: pointing at cells, dragging a slider; an image in colour, which needs the server."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.support.browser import changed

PATH = "convolution"
STAGE = ".sliding_window .stage"
SWEEP = """async (stage, [x0, y0, dx, dy, count]) => {
  const took = [], box = stage.getBoundingClientRect()
  for (let step = 0; step < count; step++) {
    const since = performance.now()
    stage.dispatchEvent(new PointerEvent("pointermove", {
      clientX: box.left + x0 + dx * (step % 5), clientY: box.top + y0 + dy * Math.floor(step / 5),
      bubbles: true, pointerType: "mouse",
    }))
    const handled = performance.now() - since
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)))
    took.push({ handled: handled / 1000, painted: (performance.now() - since) / 1000 })
  }
  return took
}"""

DRAG = """async (range, values) => {
  const took = []
  for (const value of values) {
    const since = performance.now()
    range.value = value
    range.dispatchEvent(new Event("input", { bubbles: true }))
    took.push((performance.now() - since) / 1000)
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)))
  }
  return took
}"""


def in_browser(page: Any) -> list[float]:
    """The pointer goes from cell to cell over the input: frames, words and terms follow."""
    found = page.locator(STAGE).evaluate(SWEEP, [20, 40, 46, 46, 25])
    return [float(one["painted"]) for one in found]


def on_the_picture(page: Any) -> list[float]:
    """The pointer goes over the image under a kernel: window, patch, terms follow."""
    found = page.locator(".filter_lens .before .shown").evaluate(SWEEP, [20, 20, 40, 30, 25])
    return [float(one["painted"]) for one in found]


def by_server(page: Any) -> list[float]:
    """Grey, in colour, grey, …: seconds from the click to the new image in the browser."""
    page.get_by_role("radio", name="Image", exact=True).click()
    page.get_by_role("slider", name="Pixels a side").wait_for()
    took = []
    for _ in range(10):
        before = page.locator(STAGE).get_attribute("data-painted")
        since = time.perf_counter()
        page.get_by_text("In colour", exact=True).click()
        changed(page, STAGE, before)
        took.append(time.perf_counter() - since)
    return took


def slid(page: Any, name: str, values: list[int]) -> list[float]:
    """A slider of the board, dragged over these values: seconds from each until the drawing is there."""
    found = page.get_by_role("slider", name=name, exact=True).evaluate(DRAG, values)
    return [float(one) for one in found]


def place(page: Any, role: str, row: int, column: int) -> tuple[float, float]:
    """Where the middle of a cell lies on the page."""
    grids = json.loads(page.locator(STAGE).get_attribute("data-grids"))
    grid = next(grid for grid in grids if grid["role"] == role)
    box, (down, right) = page.locator(STAGE).bounding_box(), grid["pitch"]
    x = box["x"] + grid["x"] + (column * right + 0.5) * grid["cell"]
    return x, box["y"] + grid["y"] + (row * down + 0.5) * grid["cell"]
