"""Degradation: the blocks' shares are scrubbed in the browser; another part of the page needs the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.gestures import SCRUB, painted

PATH = "degradation?degradation.part=Blocks"
STAGE = ".scrub_chart .stage[data-painted]"
PLOT = ".js-plotly-plot .bars .point path"


def in_browser(page: Any) -> list[float]:
    """Seconds from a move of the slider to the frame with that step's share of every block."""
    painted(page, STAGE)
    scrub = page.locator(".scrub_chart .scrub")
    return [scrub.evaluate(SCRUB, step) / 1000 for step in range(20)]


def by_server(page: Any) -> list[float]:
    """Seconds from a click on another depth to the words on its blocks, in the part on one's own image."""
    page.get_by_role("radio", name="Your image").click()
    painted(page, PLOT)
    page.wait_for_timeout(500)
    found = []
    for turn in range(10):
        depth = ("56", "20")[turn % 2]
        since = time.perf_counter()
        page.get_by_role("radio", name=depth, exact=True).click()
        page.get_by_text(f"block of ResNet-{depth}").wait_for()
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(300)
    return found
