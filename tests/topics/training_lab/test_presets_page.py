"""The sidebar's settings with a name: what is chosen fills the form, and the form makes that config."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz import datasets
from cnnviz.records import TrainConfig
from cnnviz.runs.supervision import Supervisor
from cnnviz.training.presets import OF_YOURS, PRESETS, YOURS
from pages.shared.training import panel
from tests.support.app import app_at, opened, written
from tests.test_frozen import photos

LAB = "pages/learn/training_lab/page.py"


@pytest.fixture(autouse=True)
def folder(own_runs: None, boss: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of runs and of data, and a supervisor, of this test's own."""
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def asked(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> TrainConfig:
    """What a click on Start would train."""
    found: list[TrainConfig] = []

    def start(config: TrainConfig, **_: object) -> None:
        found.append(config)
        raise panel.runs.RunError("kept from starting")

    monkeypatch.setattr(panel.runs, "start", start)
    page.button(key="train.start").click().run()
    return found[0]


@pytest.mark.parametrize("name", ["quick: digits LeNet, 20 seconds"])
def test_a_preset_is_what_starts(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(app_at(LAB))
    page.selectbox(key="train.preset").set_value(name).run()
    assert asked(page, monkeypatch) == PRESETS[name]


def test_every_other_preset_fills_the_form_and_asks_for_its_images() -> None:
    page = opened(app_at(LAB))
    for name in PRESETS:
        page.selectbox(key="train.preset").set_value(name).run()
        shown = {field: page.session_state[f"train.{field}"] for field in ("dataset", "model", "lr", "batch_size")}
        assert shown == {field: getattr(PRESETS[name], field) for field in shown}
        assert not page.exception, page.exception


def test_photographs_of_ones_own_train_a_last_layer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = photos(folder)
    datasets.info(own)
    page = opened(app_at(LAB))
    page.selectbox(key="train.preset").set_value(YOURS).run()
    assert page.selectbox(key="train.dataset").value == own
    assert asked(page, monkeypatch) == dataclasses.replace(OF_YOURS, dataset=own)
    page.selectbox(key="train.model").set_value("lenet5").run()
    assert not page.toggle(key="train.frozen").value
    page.selectbox(key="train.dataset").set_value("digits")
    page.selectbox(key="train.model").set_value("efficientnet_lite0").run()
    assert "take a data set of colour images" in written(page)
    assert page.button(key="train.start").disabled
