"""Blocks: cells are pointed at and channels scrubbed in the browser; another block needs the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.browser import changed
from tests.support.gestures import SCRUB, painted

PATH = "blocks?blocks.part=Unit&blocks.measured=true"
STAGE = ".block-stages .stage[data-painted]"
POINT = """(target, [across, down]) => new Promise(resolve => {
  const box = target.getBoundingClientRect(), since = performance.now()
  const place = { clientX: box.left + across * box.width, clientY: box.top + down * box.height }
  target.dispatchEvent(new PointerEvent("pointermove", { ...place, bubbles: true, pointerType: "mouse" }))
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
})"""


def in_browser(page: Any) -> list[float]:
    """Seconds from another cell, or another channel, to the frame with all four maps and the numbers there."""
    painted(page, STAGE)
    plate, slider = page.locator(".block-stages .canvases").first, page.locator(".block-stages .channel").first
    pointed = [plate.evaluate(POINT, [0.03 + step / 20, 0.9 - step / 20]) / 1000 for step in range(15)]
    return pointed + [slider.evaluate(SCRUB, str(step)) / 1000 for step in range(1, 16)]


def by_server(page: Any) -> list[float]:
    """Seconds from the choice of another unit to its maps."""
    painted(page, STAGE)
    found = []
    for turn in range(10):
        before = page.locator(STAGE).first.get_attribute("data-painted")
        page.get_by_role("combobox", name="Block").click()
        option = page.get_by_role("option").nth(1 if turn % 2 == 0 else 0)
        option.wait_for()
        since = time.perf_counter()
        option.click()
        changed(page, STAGE, before)
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(400)
    return found
