"""Compare networks in Chromium: the answer follows a limit, bubbles answer the pointer, a phone shows everything."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from cnnviz.topics.compare import model_selection, published
from cnnviz.topics.compare.records import CostLimits
from tests.support.browser import idle, settled
from tests.support.gestures import no_rerun
from tests.topics.compare import gestures

pytestmark = pytest.mark.browser


@pytest.fixture
def page_of(app: tuple[str, int], open_page: Callable[..., Any]) -> Callable[..., Any]:
    """page_of("compare.part=…", size=…, scheme=…) → the page, idle."""

    def opened(query: str = "", **options: str) -> Any:
        page = open_page(f"{app[0]}/compare?{query}", **options)
        idle(page)
        return page

    return opened


@pytest.mark.timed
@pytest.mark.exhaustive  # as `benchmarks.pages` measures it
def test_bubbles_answer_the_pointer_without_a_rerun(page_of: Callable[..., Any]) -> None:
    page = page_of("compare.part=All of them")
    page.wait_for_selector(".js-plotly-plot .nsewdrag")
    settled(page)
    with no_rerun(page):
        took = gestures.in_browser(page)
    assert sorted(took)[len(took) // 2] < 0.05


def test_the_answer_follows_a_limit(page_of: Callable[..., Any]) -> None:
    page = page_of("compare.file=20&compare.macs=1")
    best = model_selection.choose(published.published(), CostLimits(file_mb=20, macs=1e9)).ranked[0]
    expect(page.locator("h3").first).to_have_text(f"{best.title}: {best.accuracy:.1f} %", use_inner_text=True)
    field = page.get_by_label("File, at most, MiB")
    field.fill("5")
    field.press("Enter")
    best = model_selection.choose(published.published(), CostLimits(file_mb=5, macs=1e9)).ranked[0]
    expect(page.locator("h3").first).to_have_text(f"{best.title}: {best.accuracy:.1f} %", use_inner_text=True)
    expect(page).to_have_url(re.compile(re.escape("compare.file=5")))
