"""Compare networks in Chromium: the answer follows a limit, bubbles answer the pointer, a phone shows everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cnnviz.topics.compare import model_selection, published
from cnnviz.topics.compare.records import Limits
from tests.support.browser import idle
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
def test_bubbles_answer_the_pointer_without_a_rerun(page_of: Callable[..., Any]) -> None:
    page = page_of("compare.part=All of them")
    page.wait_for_selector(".js-plotly-plot .nsewdrag")
    page.wait_for_timeout(500)
    with no_rerun(page):
        took = gestures.in_browser(page)
    assert sorted(took)[len(took) // 2] < 0.05


def test_the_answer_follows_a_limit(page_of: Callable[..., Any]) -> None:
    page = page_of("compare.file=20&compare.macs=1")
    best = model_selection.choose(published.published(), Limits(file_mb=20, macs=1e9)).ranked[0]
    assert page.locator("h3").first.inner_text() == f"{best.title}: {best.accuracy:.1f} %"
    field = page.get_by_label("File, at most, MiB")
    field.fill("5")
    field.press("Enter")
    best = model_selection.choose(published.published(), Limits(file_mb=5, macs=1e9)).ranked[0]
    page.wait_for_function("(text) => document.querySelector('h3').innerText === text",
                           arg=f"{best.title}: {best.accuracy:.1f} %")  # fmt: skip
    assert "compare.file=5" in page.url
