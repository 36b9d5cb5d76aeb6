"""What every test of a page would otherwise pay again."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from cnnviz import packages
from pages.shared import navigation, source_box
from tests.support import ROOT

pytest_plugins = ["tests.support.browser_fixtures"]
packages.postpone_compiler()  # as the app does, before a test module imports torchvision


@pytest.fixture(scope="session", autouse=True)
def packages_are_scanned_once() -> Iterator[None]:
    """Streamlit's test runner asks every installed package whether it brings components, for each page it opens.

    The answer does not change while the tests run, and took as much time as many a page does.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner,
            "scan_component_manifests",
            functools.cache(manifest_scanner.scan_component_manifests),
        )
        yield


@pytest.fixture(autouse=True)
def source_boxes_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A snippet is on its page once its box is opened; the tests that run it find it there."""
    monkeypatch.setattr(source_box, "OPEN", True)


@pytest.fixture(scope="session", autouse=True)
def pages_are_found_before_the_first_run() -> Iterator[None]:
    """`switch_page` before the first run guesses a page's address from its file, and every page's file is `page.py`."""
    addresses = {str((ROOT / row.path).resolve()): row.url_path for row in navigation.ROWS}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AppTest, "_resolve_page_hash", lambda _, path: calc_hash(addresses[path]))
        yield
