"""Pooling: step through the windows; choose another stride."""

from __future__ import annotations

import time
from typing import Any

from tests.support.browser import changed
from tests.support.gestures import painted

PATH = "pooling"
STEP = """() => new Promise(done => {
  const find = root => {
    const here = root.querySelector(".stage[data-painted]")
    if (here) return here
    for (const node of root.querySelectorAll("*"))
      if (node.shadowRoot) { const inside = find(node.shadowRoot); if (inside) return inside }
    return null
  }
  const stage = find(document), since = performance.now()
  stage.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }))
  requestAnimationFrame(() => requestAnimationFrame(() => done((performance.now() - since) / 1000)))
})"""


def in_browser(page: Any) -> list[float]:
    """Seconds from an arrow key to the second frame after it."""
    painted(page, ".stage[data-painted]")
    return [page.evaluate(STEP) for _ in range(9)]


def by_server(page: Any) -> list[float]:
    """Seconds from a click on the stride's buttons to the new windows."""
    painted(page, ".stage[data-painted]")
    box = page.locator(".st-key-pooling-stride-both")
    took = []
    for turn in range(10):
        before = page.locator(".stage[data-painted]").first.get_attribute("data-painted")
        since = time.perf_counter()
        box.get_by_role("button", name="Increment" if turn % 2 == 0 else "Decrement").click()
        changed(page, ".stage[data-painted]", before)
        took.append(time.perf_counter() - since)
    return took
