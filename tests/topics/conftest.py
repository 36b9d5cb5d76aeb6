"""What every test of a topic starts from: runs of its own, and its page as Streamlit's test runner opens it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.app import app_at


@pytest.fixture(autouse=True)
def _own_runs(own_runs: None) -> None:
    """Every topic's tests."""


@pytest.fixture
def page(request: pytest.FixtureRequest) -> AppTest:
    """The page that the test's module names as PAGE, not run yet."""
    return app_at(request.module.PAGE)
