"""The convolution page: pointing at cells of the sliding window; another stride, which needs the server."""

from __future__ import annotations

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


def in_browser(page: Any) -> list[float]:
    """The pointer goes from cell to cell over the input: frames, words and terms follow."""
    found = page.locator(STAGE).evaluate(SWEEP, [20, 40, 46, 46, 25])
    return [float(one["painted"]) for one in found]


def on_the_picture(page: Any) -> list[float]:
    """The pointer goes over the image under a kernel: window, patch, terms follow."""
    found = page.locator(".filter_lens .before .shown").evaluate(SWEEP, [20, 20, 40, 30, 25])
    return [float(one["painted"]) for one in found]


def close_dialog(page: Any) -> None:
    """Streamlit says "Page not found" over the right page at the first deep link of a process."""
    if page.get_by_role("dialog").count():
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="hidden")


def by_server(page: Any) -> list[float]:
    """Stride 1, 2, 1, …: seconds from the key to the new image in the browser."""
    close_dialog(page)
    took = []
    stride = page.get_by_label("Stride", exact=True)
    for turn in range(10):
        before = page.locator(STAGE).get_attribute("data-painted")
        stride.click()
        since = time.perf_counter()
        page.keyboard.press("ArrowUp" if turn % 2 == 0 else "ArrowDown")
        page.keyboard.press("Enter")
        changed(page, STAGE, before)
        took.append(time.perf_counter() - since)
    return took
