"""The page `data` as Streamlit runs it: every section, a data set that is not here, a zip of one's own."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.measurements import data_set
from tests.support import ROOT
from tests.support.app import turn_to, written
from tests.support.waiting import PATIENCE

PAGE = "pages/layers/data/page.py"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    started = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    started.run()
    return turn_to(started, PAGE).run()


def section(app: AppTest, name: str) -> AppTest:
    return app.segmented_control(key="data.part").set_value(name).run()


def test_first_paint_shows_digits(app: AppTest) -> None:
    assert "96 of 1,437 images" in written(app)
    app.selectbox(key="data.class.digits").set_value(3).run()
    assert "class 3" in written(app)
    app.toggle(key="data.normalised").set_value(True).run()
    assert "neutral grey" in written(app)


def test_a_link_to_a_data_set_that_is_gone_says_what_there_is(app: AppTest) -> None:
    app.query_params["data.dataset"] = "**cats** and dogs"
    app.run()
    (said,) = [warning.value for warning in app.warning if "data set" in warning.value]
    assert "**cats**" not in said
    assert "shapes" in said
    app.query_params["data.dataset"] = "shapes"
    assert not [warning for warning in app.run().warning if "There is no" in warning.value]


def test_every_section_for_both_data_sets(app: AppTest) -> None:
    for dataset in ("digits", "shapes"):
        app.selectbox(key="data.dataset").set_value(dataset)
        section(app, "Transforms")
        assert "crop and flip" in written(app)
        section(app, "Batches")
        assert "steps**" in written(app)
        section(app, "Mean and deviation")
        assert written(app).count(":material/check_circle:") == 2


def test_rolling_again_changes_the_seed_and_no_transform_is_fine(app: AppTest) -> None:
    section(app, "Transforms")
    before = app.number_input(key="data.seed").value
    app.button(key="data.roll").click().run()
    assert app.number_input(key="data.seed").value == before + 1
    app.button_group(key="data.transforms").set_value([]).run()
    written(app)


def test_the_picture_at_hand_can_be_transformed(app: AppTest) -> None:
    section(app, "Transforms")
    app.segmented_control(key="data.source").set_value("the image at hand").run()
    assert "point at an image to read" in written(app)


def test_a_batch_larger_than_the_data_set_is_the_data_set(app: AppTest) -> None:
    section(app, "Batches")
    app.select_slider(key="data.batch_size").set_value(1024).run()
    assert "**2 steps**" in written(app)
    app.select_slider(key="data.batch_size").set_value(1).run()
    assert "**1,437 steps**" in written(app)


def test_a_data_set_that_is_not_here_is_one_sentence(app: AppTest) -> None:
    app.selectbox(key="data.dataset").set_value("mnist").run()
    assert not app.exception
    assert any("MNIST" in item.value for item in app.warning)
    assert app.button(key="data.download")
    section(app, "Your own data")
    assert not app.warning


def bring(app: AppTest, data: bytes, name: str) -> AppTest:
    app.file_uploader(key="data.zip").upload("bring.zip", data, "application/zip")
    app.text_input(key="data.name").set_value(name)
    return next(button for button in app.button if button.label == "Add it").click().run()


def test_a_zip_becomes_a_data_set_and_goes_again(app: AppTest) -> None:
    section(app, "Your own data")
    bring(app, data_set.example_zip(), "tried")
    assert "30 images of 3 classes" in written(app)
    assert app.selectbox(key="data.dataset").value == "folder:tried"
    assert "tried" in app.selectbox(key="train.dataset").options
    section(app, "Images")
    assert "of 24 images" in written(app)
    section(app, "Mean and deviation")
    assert "fit worst" in written(app)
    section(app, "Your own data")
    app.button(key="data.remove").click().run()
    assert "tried is removed" in written(app)
    # without a set of one's own a choice of sets would do nothing here
    assert "data.dataset" not in [one.key for one in app.selectbox]
    app.button(key="data.undo").click().run()
    assert "tried is back" in written(app)
    assert "tried" in app.selectbox(key="data.dataset").options
    app.button(key="data.remove").click().run()
    section(app, "Images")
    assert app.selectbox(key="data.dataset").value == "digits"
    section(app, "Your own data")
    app.button(key="data.empty").click().run()
    assert "Your trash of data sets is empty" in written(app)
    assert not [button for button in app.button if button.key in ("data.undo", "data.empty", "data.remove")]


@pytest.mark.parametrize("data", [b"no zip at all", None])
def test_a_bad_zip_is_one_sentence(app: AppTest, data: bytes | None) -> None:
    section(app, "Your own data")
    if data is None:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("cats/one.png", b"no picture")
        data = target.getvalue()
    bring(app, data, "bad")
    assert not app.exception
    assert len(app.error) == 1
    next(button for button in app.button if button.label == "Add it").click().run()
    assert any("choose one" in item.value for item in app.error)
