"""Compare networks: a bubble is pointed at in the browser; a limit needs the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.browser import idle

PATH = "compare?compare.file=20&compare.macs=1"
HOVER = """(layer, share) => new Promise(resolve => {
  const box = layer.getBoundingClientRect(), since = performance.now()
  layer.dispatchEvent(new MouseEvent("mousemove",
    { clientX: box.left + share * box.width, clientY: box.top + box.height / 2, bubbles: true }))
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""
ANSWER = "h3"


def in_browser(page: Any) -> list[float]:
    """Seconds from the pointer to the frame with the bubble's card."""
    page.wait_for_selector(".js-plotly-plot .nsewdrag")
    layer = page.locator(".js-plotly-plot .nsewdrag").first
    return [layer.evaluate(HOVER, 0.05 + 0.06 * turn) / 1000 for turn in range(15)]


def by_server(page: Any) -> list[float]:
    """Seconds from another limit to another answer."""
    field = page.get_by_label("File, at most, MiB")
    found = []
    for turn in range(10):
        before = page.locator(ANSWER).first.inner_text()
        field.fill("5" if turn % 2 else "120")
        since = time.perf_counter()
        field.press("Enter")
        page.wait_for_function("([name, before]) => document.querySelector(name)?.innerText !== before",
                               arg=[ANSWER, before], polling=10)  # fmt: skip
        found.append(time.perf_counter() - since)
        idle(page)
        page.wait_for_timeout(250)
    return found
