"""What every test of a page would otherwise pay again."""

from __future__ import annotations

import functools
import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from streamlit.components.v2 import manifest_scanner

from cnnviz import lazy_imports
from pages.shared import drawer

# A drawn example may take its time on a busy machine, and the same ones are drawn at every run: a change that breaks
# nothing meets no new one. `HYPOTHESIS_PROFILE=any` draws others.
settings.register_profile("any", deadline=None)
settings.register_profile("same", deadline=None, derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
pytest_plugins = ["tests.support.browser_fixtures"]
lazy_imports.postpone_compiler()  # as the app does, before anything imports torchvision

from cnnviz.runs import supervision  # noqa: E402

os.environ.setdefault("CNNVIZ_NICENESS", "0")  # tests wait for what is trained beside them


def pytest_collection_finish() -> None:
    """What is imported by now stays: no garbage collection looks through it again, which saves one second in twenty."""
    gc.collect()
    gc.freeze()


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
def drawers_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a closed box holds is on its page once it is opened; tests find it there."""
    monkeypatch.setattr(drawer, "OPEN", True)


@pytest.fixture
def own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for runs that is this test's alone, and no worker that waits for the next run."""
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_WARM", "0")
    return tmp_path / "runs"


@pytest.fixture
def boss(monkeypatch: pytest.MonkeyPatch) -> Iterator[supervision.Supervisor]:
    """A supervisor of workers that is this test's alone; its workers end with the test."""
    supervisor = supervision.Supervisor()
    monkeypatch.setattr(supervision, "CURRENT", [supervisor])
    yield supervisor
    supervisor.close()
