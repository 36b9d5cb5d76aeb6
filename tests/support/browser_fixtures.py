"""Chromium and a served app. Skipped with the reason where no Chromium is found, unless CNNVIZ_REQUIRE_BROWSER=1."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.support.browser import CHROMIUM, IDLE, SHELL, WAIT, browser, served

# One process draws all pages of a profile and keeps Streamlit's compiled scripts: a page opens in half of the time.
# For tests only: what a benchmark opens is as new as a person's.
SHARED = ("--process-per-site", "--renderer-process-limit=1")
FORGET = """try {  // what other tests opened: once a tab, so that what this one opens stays remembered
  if (!sessionStorage.getItem("begun")) localStorage.removeItem("cnnviz.course")
  sessionStorage.setItem("begun", "yes")
} catch (error) { console.debug("nothing is kept here", error) }"""
FOLLOWS = """scheme => {  // the appearance that the page has by now
  const [r, g, b] = getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor.match(/\\d+/g)
  return (0.3 * r + 0.59 * g + 0.11 * b < 128) === (scheme === "dark")
}"""
SIZES = {"laptop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if CHROMIUM is None:
        reason = "no Chromium is found; on Debian: apt-get install chromium"
        if os.environ.get("CNNVIZ_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import expect

    expect.set_options(timeout=WAIT)
    with browser(*SHARED, program=SHELL or CHROMIUM) as started:
        yield started


@pytest.fixture(scope="session")
def profiles(chromium: Any, app: tuple[str, int]) -> dict[str, Any]:
    """A browser profile a size, with a page that stays open, so that its process stays."""
    made = {
        size: chromium.new_context(viewport=viewport, has_touch=size == "phone", accept_downloads=True)
        for size, viewport in SIZES.items()
    }
    for profile in made.values():
        profile.add_init_script(FORGET)
        profile.new_page().goto(f"{app[0]}/_stcore/health")
    # Over the first linked page of a server Streamlit shows a dialog, until the app closes it: here, before any test.
    with closing(_at(made["laptop"].new_page(), f"{app[0]}/questions", "light")) as first:
        first.locator('[role="dialog"]', has_text="Page not found").wait_for(state="detached")
    return made


@pytest.fixture
def open_page(profiles: dict[str, Any]) -> Iterator[Callable[..., Any]]:
    """open_page(address, size="laptop", scheme="light") → a Playwright page, closed after the test."""
    pages = []

    def opened(address: str, size: str = "laptop", scheme: str = "light") -> Any:
        page = profiles[size].new_page()
        pages.append(page)
        return _at(page, address, scheme)

    yield opened
    for page in pages:
        page.close()


@pytest.fixture(scope="module")
def keep_page(profiles: dict[str, Any]) -> Iterator[Callable[..., Any]]:
    """As `open_page`, but the file's next test that asks for the same address and size gets the page as it is by then.

    To open a page takes two CPU seconds, of which the app's own share is a tenth. For tests that set themselves what
    they look at, in a page that answers from the browser.
    """
    kept: dict[tuple[str, str], Any] = {}

    def opened(address: str, size: str = "laptop", scheme: str = "light") -> Any:
        page = kept.get((address, size))
        if page is None:
            page = kept[address, size] = profiles[size].new_page()
            return _at(page, address, scheme)
        page.bring_to_front()
        page.mouse.move(0, 0)
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(FOLLOWS, arg=scheme)
        return page

    yield opened
    for page in kept.values():
        page.close()


def _at(page: Any, address: str, scheme: str) -> Any:
    page.emulate_media(color_scheme=scheme)
    page.set_default_timeout(WAIT)
    page.goto(address)
    page.wait_for_selector(IDLE)
    return page


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """(address, pid) of the app, served once for all browser tests, with an empty folder of runs."""
    with served(runs=tmp_path_factory.mktemp("runs")) as answer:
        yield answer
