"""Every page as Streamlit runs it, without a browser: first paint, uploads good and bad, links, a run."""

from __future__ import annotations

import io
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages.shared.navigation import ROWS
from tests.support import ROOT, waiting
from tests.support.app import app_at, chooser, turn_to, written
from tests.support.waiting import PATIENCE, until

pytestmark = pytest.mark.usefixtures("own_runs")

PAGES = [row.path for row in ROWS]


@pytest.fixture
def app() -> AppTest:
    """A session after its first run, which ends with the canvas: here no browser says that it is painted."""
    made = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    made.session_state["explore.begun"] = True
    return made


def jpeg(seed: int = 0) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    target = io.BytesIO()
    Image.fromarray(noise).resize((480, 360)).save(target, "JPEG")
    return target.getvalue()


def upload(app: AppTest, name: str, data: bytes, media: str) -> AppTest:
    return chooser(app).upload(name, data, media).run()


def link(app: AppTest, **view: str) -> AppTest:
    for name, value in view.items():
        app.query_params[name] = value
    return app.run()


def linked(app: AppTest, name: str) -> str:
    """What the address bar says."""
    value = app.query_params[name]
    return value[0] if isinstance(value, list) else value


@pytest.mark.parametrize("page", PAGES)
def test_every_page_runs(app: AppTest, page: str) -> None:
    app.run()
    turn_to(app, page).run()
    assert not app.exception, app.exception
    assert app.title


@pytest.mark.parametrize("page", PAGES)
def test_every_page_runs_with_a_picture_of_ones_own(app: AppTest, page: str) -> None:
    app.session_state["own.picture"] = {"digest": "noise", "data": jpeg(), "title": "noise.jpg"}
    app.session_state["view.restored"], app.session_state["view.picture"] = True, "own"
    app.run()
    turn_to(app, page).run()
    assert not app.exception, app.exception


def test_first_paint_is_a_computed_result(app: AppTest) -> None:
    app.run()
    assert not app.exception, app.exception
    assert "LeNet-5" in written(app)
    assert re.search(r"a drawn digit → \*\*3 ", written(app))
    assert linked(app, "network").startswith("run:mnist-lenet5")


def test_now_a_photo_leads_to_a_network_of_photos_and_back(app: AppTest) -> None:
    app.run()
    app.button(key="explore.next").click().run()
    assert linked(app, "network") == "efficientnet_lite0"
    assert any(name in written(app) for name in ("tiger cat", "Egyptian cat", "tabby"))
    app.button(key="explore.next").click().run()
    assert "a drawn digit" in written(app)


@pytest.mark.parametrize("view", [{"picture": "coffee"}, {"layer": "stem.conv"}, {"fit": "pad"}])
def test_a_link_of_old_that_names_no_network_still_means_the_one_it_meant(app: AppTest, view: dict[str, str]) -> None:
    link(app, **view)
    assert "EfficientNet-Lite0" in written(app)


def test_the_unit_that_opens_by_itself_reads_something_of_the_image() -> None:
    """The largest size of a map may be its bias, where the image is black: such a cell would explain nothing."""
    from cnnviz import capture, images, networks, samples, units
    from cnnviz.topics.explore.figures import strongest

    opened = networks.open_network("run:mnist-lenet5-df3d2154")
    x = images.to_tensor(samples.read(samples.DRAWN), opened.spec)
    recording = capture.activations(opened.model, x)
    for layer in recording:
        if layer.kind != "convolution":
            continue
        for channel in range(layer.shape[0]):
            _, row, column = strongest(layer.values[channel : channel + 1])
            unit = units.explain(opened.model, x, recording, layer.key, channel, row, column)
            assert np.ptp(unit.patch) > 0, (layer.key, channel)


def test_a_sessions_first_run_ends_with_the_canvas_and_the_next_shows_all() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE).run()
    assert not app.exception, app.exception
    assert not [box for box in app.expander if box.label == "Source"]
    app.run()
    assert [box for box in app.expander if box.label == "Source"]


def test_nothing_is_open_beside_the_canvas_until_a_layer_is_and_then_a_unit(app: AppTest) -> None:
    link(app, network="lenet5")
    assert not [item for item in app.selectbox if item.key == "picker.layer"]
    app.session_state["view.layer"] = "conv2"
    app.run()
    assert app.selectbox(key="picker.layer").value == "conv2"
    assert not [item for item in app.toggle if item.key == "explore.blank"]
    for name, value in (("channel", 3), ("row", 4), ("column", 5)):
        app.session_state[f"view.{name}"] = value
    app.run()
    assert app.toggle(key="explore.blank").value
    app.button(key="explore.to_layer").click().run()
    assert not [item for item in app.toggle if item.key == "explore.blank"]
    assert app.selectbox(key="picker.layer").value == "conv2"
    app.button(key="explore.shut").click().run()
    assert not [item for item in app.selectbox if item.key == "picker.layer"]


def test_an_upload_is_computed_at_once(app: AppTest) -> None:
    link(app, network="lenet5")
    upload(app, "noise.jpg", jpeg(), "image/jpeg")
    assert not app.exception, app.exception
    assert "noise.jpg" in written(app)


def test_a_bad_upload_is_one_sentence_and_the_picture_stays(app: AppTest) -> None:
    link(app, network="lenet5")
    upload(app, "good.jpg", jpeg(), "image/jpeg")
    upload(app, "bad.png", b"\x89PNG\r\n\x1a\n" + bytes(100), "image/png")
    assert not app.exception, app.exception
    assert len(app.error) == 1
    assert "good.jpg" in written(app)


def test_a_link_brings_layer_and_cell_back(app: AppTest) -> None:
    link(app, network="lenet5", layer="conv2", channel="3", row="4", column="5")
    assert not app.exception, app.exception
    assert app.selectbox(key="picker.layer").value == "conv2"
    assert linked(app, "channel") == "3"


@pytest.mark.parametrize(
    "view",
    [
        {"network": "no_such_net"},
        {"network": "run:../../etc"},
        {"network": "timm/no_such_net"},
    ],
)
def test_a_link_to_nothing_says_so(app: AppTest, view: dict[str, str]) -> None:
    link(app, **view)
    assert not app.exception, app.exception
    assert len(app.error) == 1


@pytest.mark.parametrize(
    "view",
    [
        {"layer": "no_such_layer"},
        {"layer": "conv1", "channel": "999999"},
        {"layer": "conv1", "channel": "-1", "row": "x", "column": "1e9"},
        {"picture": "../../secret"},
        {"fit": "stretchy"},
    ],
)
def test_a_crooked_link_opens_something_sensible(app: AppTest, view: dict[str, str]) -> None:
    link(app, network="lenet5", **view)
    assert not app.exception, app.exception
    assert not app.error


def test_a_runs_snapshots_are_gone_through_with_the_same_picture_and_unit(app: AppTest) -> None:
    """What the page says of the first snapshot is what that snapshot, opened by the library, makes of the image."""
    from cnnviz import checkpoints

    run_id = "digits-lenet5-d2a25f8f"
    link(app, network=f"run:{run_id}", layer="conv1", channel="3", row="4", column="5")
    snapshots = checkpoints.find(run_id).snapshots
    slider = app.select_slider(key="picker.step")
    assert slider.options == [*(f"{step:,}" for step in snapshots), "the end"]
    assert slider.value == -1
    trained = written(app)
    slider.set_value(snapshots[0]).run()
    assert not app.exception, app.exception
    assert linked(app, "network") == f"run:{run_id}@{snapshots[0]}"
    assert [linked(app, name) for name in ("layer", "channel", "row", "column")] == ["conv1", "3", "4", "5"]
    assert app.selectbox(key="picker.network").value == f"run:{run_id}", "the picker names the run"
    assert written(app) != trained
    app.select_slider(key="picker.step").set_value(-1).run()
    assert linked(app, "network") == f"run:{run_id}"
    assert written(app) == trained


def test_the_second_run_finds_everything_where_the_first_put_it(app: AppTest) -> None:
    """What is in columns is known by its place: were it elsewhere at the next run, it would lose the keyboard."""
    places = []
    for _run in range(2):
        link(app, network="lenet5")
        places.append([(place, child.type) for place, child in app.main.children.items()])
    assert places[0] == places[1]


def test_every_session_closes_the_false_alarm_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several may be the first of a server at the same time, and each is told that the page is not there."""
    from pages.shared import beginning
    from pages.shared.components import first_link

    closed = []
    monkeypatch.setattr(first_link, "_component", lambda **_: closed.append(True))
    monkeypatch.setattr(beginning, "linked", lambda _: "questions")
    for session in (1, 2):
        page = app_at("pages/learn/questions/page.py").run()
        assert len(closed) == session
        page.run()
        assert len(closed) == session
    monkeypatch.setattr(beginning, "linked", lambda _: "")
    app_at("pages/look/explore/page.py").run()  # what opens in place of a page that is really not there
    assert len(closed) == 2


def test_an_address_names_its_page() -> None:
    """Wherever a server stands behind its proxy; what is no page opens the first one, and its dialog is right."""
    from pages.shared import beginning

    for row in ROWS:
        for begins in ("http://127.0.0.1:8501", "https://example.org/a/class"):
            assert beginning.linked(f"{begins}/{row.url_path}?{row.url_path}.part=1#end") == row.url_path
    assert [beginning.linked(address) for address in (None, "", "http://127.0.0.1:8501/nowhere", "//[")] == [""] * 4


def test_what_is_shown_first_waits_for_nothing_that_takes_time() -> None:
    """A server's first page says that it starts before PyTorch is loaded, not after."""
    looks = "import sys, pages.shared.beginning; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", looks], cwd=ROOT, check=False).returncode == 0


def test_a_network_without_snapshots_has_no_slider_for_them(app: AppTest) -> None:
    link(app, network="lenet5")
    assert "picker.step" not in [slider.key for slider in app.select_slider]


def test_random_weights_are_labelled(app: AppTest) -> None:
    link(app, network="lenet5")
    assert any("random" in str(item.value).lower() for item in app.warning)


def test_more_settings_reach_the_run_and_are_counted(app: AppTest) -> None:
    """From another run's weights, with other batches; what does not fit the network any more is let go."""
    from cnnviz import runs

    link(app, network="lenet5")
    shipped = "digits-lenet5-d2a25f8f"
    app.number_input(key="train.amount").set_value(3600)
    app.number_input(key="train.batch_size").set_value(32)
    app.selectbox(key="train.schedule").set_value("cosine")
    app.multiselect(key="train.augmentation").set_value(["flip", "crop"]).run()
    assert not app.exception, app.exception
    app.multiselect(key="train.augmentation").set_value([])
    app.selectbox(key="train.start_from").set_value(shipped).run()
    assert not app.exception, app.exception
    app.button(key="train.start").click().run()
    run = runs.list()[0]
    config = run.config
    assert (config.batch_size, config.schedule, config.augmentation, config.start) == (32, "cosine", (), shipped)
    assert (config.momentum, config.weight_decay) == (0.9, 0.0)
    assert until(lambda: run.status().test_accuracy is not None), run.log()
    assert run.history()["test_accuracy"][0] > 0.9, "it went on from what the other had learned"
    run.stop()
    assert until(lambda: not run.status().alive)
    app.selectbox(key="train.model").set_value("cnn").run()
    assert app.selectbox(key="train.start_from").value == ""
    app.selectbox(key="train.optimizer").set_value("adam").run()
    assert app.number_input(key="train.momentum").disabled


def test_a_run_that_is_held_is_stepped_and_changed_in_the_lab(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnviz import runs

    monkeypatch.setattr("pages.shared.training.steering.PATIENCE", waiting.PATIENCE)

    link(app, network="lenet5")
    app.number_input(key="train.amount").set_value(3600)
    app.number_input(key="train.seed").set_value(3).run()
    app.button(key="train.start").click().run()
    run = runs.list()[0]
    assert until(lambda: run.status().step > 3), run.log()
    turn_to(app, "pages/learn/training_lab/page.py").run()
    app.button(key="lab.pause").click().run()
    assert run.status().state == "paused", "the click waited for the answer"
    for slider in (one for one in app.select_slider if str(one.key).startswith("lab.slide.")):
        drawn_anew = float(slider.proto.options[int(slider.proto.default[0])])
        assert drawn_anew == slider.value, "a browser that draws it anew would change the run"
    before = run.status().step
    app.button(key="lab.step1").click().run()
    assert run.status().step == before + 1
    app.number_input(key=f"lab.steer.{run.id}.lr").set_value(0.0)
    next(button for button in app.button if button.label == "Change").click().run()
    assert any("lr is 0.0" in error.value for error in app.error)
    app.number_input(key=f"lab.steer.{run.id}.lr").set_value(0.03)
    next(button for button in app.button if button.label == "Change").click().run()
    assert not app.error
    assert run.changes()[before + 1].lr == 0.03
    assert app.select_slider(key=f"lab.slide.{run.id}.lr").value == 0.03
    app.select_slider(key=f"lab.slide.{run.id}.lr").set_value(0.1).run()
    assert run.changes()[before + 1].lr == 0.1
    app.button(key="lab.resume").click().run()
    assert until(lambda: run.status().step > before + 1)
    app.button(key="lab.stop").click().run()
    assert until(lambda: not run.status().alive)
    assert not app.exception, app.exception


def test_what_was_typed_just_before_start_is_what_starts(app: AppTest) -> None:
    """A click right after the keys: both reach the server before the script has run with what was typed."""
    from cnnviz import runs

    link(app, network="lenet5")
    app.number_input(key="train.amount").set_value(2)
    app.number_input(key="train.batch_size").set_value(17)
    app.number_input(key="train.lr").set_value(0.123)
    app.button(key="train.start").click().run()
    config = runs.list()[0].config
    assert (config.seconds, config.batch_size, config.lr) == (2.0, 17, 0.123)
    assert until(lambda: not runs.list()[0].status().alive)


def test_a_run_from_the_sidebar_trains_stops_and_can_be_explored(app: AppTest) -> None:
    from cnnviz import runs

    link(app, network="lenet5")
    app.number_input(key="train.amount").set_value(3600).run()
    app.button(key="train.start").click().run()
    assert not app.exception, app.exception
    run = runs.list()[0]
    assert until(lambda: run.status().step > 3), run.log()
    app.run()
    app.button(key="train.stop").click().run()
    assert until(lambda: run.status().state == "stopped"), run.status()
    app.run()
    app.button(key="train.explore").click().run()
    assert not app.exception, app.exception
    assert linked(app, "network") == f"run:{run.id}"
