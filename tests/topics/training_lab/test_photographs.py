"""From a data set of one's own to a run that trains its last layer: by one button of the data page."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from cnnviz import runs
from cnnviz.records import TrainConfig
from cnnviz.runs.supervision import Supervisor
from cnnviz.training.presets import OF_YOURS
from tests.support.app import app_at, opened
from tests.test_frozen import photos


def test_a_set_that_was_just_added_is_trained_on_by_one_click(
    own_runs: None, boss: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    own = photos(tmp_path)
    page = app_at("pages/layers/data/page.py")
    page.session_state["data.said"], page.session_state["data.next"] = "added", own
    page = opened(page, data__part="Your own data")
    found: list[TrainConfig] = []

    def start(config: TrainConfig, **_: object) -> None:
        found.append(config)
        raise runs.RunError("kept from starting")

    monkeypatch.setattr(runs, "start", start)
    page.button(key="data.train").click().run()
    assert not page.exception, page.exception
    assert found == [dataclasses.replace(OF_YOURS, dataset=own)]
    assert page.title[0].value == "How does a network learn?"
