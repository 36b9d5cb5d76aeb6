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


@pytest.fixture(scope="session")
def context_of(chromium: Any) -> Iterator[Callable[[str, str], Any]]:
    """context_of(size, scheme) → one browser context each: its cache holds Streamlit's own scripts from then on."""
    contexts: dict[tuple[str, str], Any] = {}

    def made(size: str, scheme: str) -> Any:
        if (size, scheme) not in contexts:
            contexts[size, scheme] = chromium.new_context(
                viewport=SIZES[size], color_scheme=scheme, has_touch=size == "phone", accept_downloads=True
            )
        return contexts[size, scheme]

    yield made
    for context in contexts.values():
        context.close()


@pytest.fixture
def open_page(context_of: Callable[[str, str], Any]) -> Iterator[Callable[..., Any]]:
    """open_page(address, size="laptop", scheme="light") → a Playwright page, closed after the test."""
    pages = []

    def opened(address: str, size: str = "laptop", scheme: str = "light") -> Any:
        page = context_of(size, scheme).new_page()
        pages.append(page)
        page.set_default_timeout(30_000)
        page.goto(address)
        page.wait_for_selector(IDLE)
        return page

    yield opened
    for page in pages:
        page.close()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """(address, pid) of the app, served once for all browser tests, with an empty folder of runs."""
    with served(runs=tmp_path_factory.mktemp("runs")) as answer:
        yield answer
