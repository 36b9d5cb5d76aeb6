"""Every control of every part of every page, set to another value, one after the other: nothing raises."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from benchmarks import controls
from tests.support.exhaustive import sample

PAGES = {page.parent.name: page for page in controls.pages()}
# a stack of layers, four races or every method of attribution at every turn of every control
SLOW = {"gradients", "training_choices", "attribution"}
SMALL = "run:mnist-cnn-19abe802"  # a network that is quickly looked into


@pytest.mark.parametrize("name", sample(PAGES, PAGES.keys() - SLOW))
def test_no_control_breaks_its_page(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_WARM", "0")
    broken = [
        (one.part, one.key) for one in controls.timed(PAGES[name], network=SMALL, turns=1) if math.isnan(one.first)
    ]
    assert not broken, f"{name}: the page raised when these were set: {broken}"
