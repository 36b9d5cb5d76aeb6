"""Dropout and overfitting: epochs are dragged in the browser; accuracy, gap or loss is asked of the server."""

from __future__ import annotations

import time
from typing import Any

from tests.support.browser import changed
from tests.support.gestures import painted
from tests.topics.batch_norm_rates.gestures import SCRUB, STAGE

PATH = "overfitting"


def in_browser(page: Any) -> list[float]:
    """Seconds from another epoch to the frame with its four charts."""
    painted(page, STAGE)
    scrub = page.locator(".scrub_chart").first.locator(".scrub")
    return [scrub.evaluate(SCRUB, str(2 * turn)) / 1000 for turn in range(20)]


def by_server(page: Any) -> list[float]:
    """Seconds from choosing accuracy or loss to its four charts."""
    found = []
    for turn in range(10):
        before = page.locator(STAGE).first.get_attribute("data-painted")
        choice = page.get_by_role("radio", name="accuracy" if turn % 2 else "loss", exact=True)
        since = time.perf_counter()
        choice.click()
        changed(page, STAGE, before)
        found.append(time.perf_counter() - since)
        page.wait_for_timeout(300)
    return found
