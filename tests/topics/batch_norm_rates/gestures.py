"""BatchNorm and learning rates: rates and thresholds are dragged in the browser; another seed needs the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.gestures import SCRUB, painted

PATH = "batch_norm_rates"
STAGE = ".scrub_chart .stage[data-painted]"
COURSES = 2  # which of the page's charts follows one learning rate
REPAINTED = "([node, before]) => node.dataset.painted !== before"


def in_browser(page: Any) -> list[float]:
    """Seconds from another learning rate to the frame with its four charts."""
    painted(page, STAGE)
    scrub = page.locator(".scrub_chart").nth(COURSES).locator(".scrub")
    scrub.wait_for()
    return [scrub.evaluate(SCRUB, str(turn % 7)) / 1000 for turn in range(21)]


def by_server(page: Any) -> list[float]:
    """Seconds from choosing one seed, or all, to its four charts."""
    stage = page.locator(".scrub_chart").nth(COURSES).locator(".stage").element_handle()
    found = []
    for turn in range(10):
        before = stage.get_attribute("data-painted")
        choice = page.get_by_role("radio", name="all, their mean" if turn % 2 else "0", exact=True)
        since = time.perf_counter()
        choice.click()
        page.wait_for_function(REPAINTED, arg=[stage, before], timeout=30_000, polling=10)
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(300)
    return found
