"""Your own model: a layer is added and taken away in the browser; what it costs is asked of the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.gestures import painted

PATH = "own_model"
CHECKED_AFTERWARDS = True  # drawn in the browser at once, then the server says what it costs: a rerun is meant
BUILDER = ".layer-builder[data-painted]"
ADD = """(button) => new Promise(resolve => {
  const rows = button.closest(".layer-builder").querySelector(".rows")
  const since = performance.now(), before = rows.children.length
  button.click()
  const late = rows.children.length !== before + 1 && rows.children.length !== before - 1
  requestAnimationFrame(() => setTimeout(() => resolve(late ? 99 : (performance.now() - since) / 1000)))
})"""


def in_browser(page: Any) -> list[float]:
    """Seconds from the click to the frame with one layer more, or one less: drawn before the server has checked it."""
    painted(page, BUILDER)
    found = []
    for step in range(10):
        label = "Insert a layer after this one: layer 2" if step % 2 == 0 else "Remove: layer 3"
        found.append(page.locator(f'.layer-builder button[aria-label="{label}"]').evaluate(ADD))
        painted(page, BUILDER)
        page.wait_for_timeout(200)
    return found


def by_server(page: Any) -> list[float]:
    """Seconds from another number of channels to the checked list with its costs."""
    found = []
    for step in range(9):
        painted(page, BUILDER)
        entry = page.locator('.layer-builder input[name="channels"]').first
        entry.fill(str(7 + step))
        since = time.perf_counter()
        entry.press("Enter")
        painted(page, BUILDER)
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(300)
    return found
