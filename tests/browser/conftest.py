"""Chromium and a served app. Skipped with the reason where no Chromium is found, unless CNNVIZ_REQUIRE_BROWSER=1."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from benchmarks.browser import CHROMIUM, IDLE, browser, served

SIZES = {"laptop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if CHROMIUM is None:
        reason = "no Chromium is found; on Debian: apt-get install chromium"
        if os.environ.get("CNNVIZ_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with browser() as started:
        yield started


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """open_page(address, size="laptop", scheme="light") → a Playwright page, closed after the test."""
    contexts = []

    def opened(address: str, size: str = "laptop", scheme: str = "light") -> Any:
        context = chromium.new_context(
            viewport=SIZES[size], color_scheme=scheme, has_touch=size == "phone", accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(address)
        page.wait_for_selector(IDLE)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """(address, pid) of the app, served once for all browser tests, with an empty folder of runs."""
    with served(runs=tmp_path_factory.mktemp("runs")) as answer:
        yield answer
