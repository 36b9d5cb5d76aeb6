"""Every page as Streamlit runs it, without a browser: first paint, uploads good and bad, links, a run."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "pages").rglob("*.py")
    if path.relative_to(ROOT / "pages").parts[0] != "shared"
)


@pytest.fixture(autouse=True)
def _own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_WARM", "0")


@pytest.fixture
def app() -> AppTest:
    """A session after its first run, which ends with the canvas: here no browser says that it is painted."""
    made = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    made.session_state["explore.begun"] = True
    return made


def jpeg(seed: int = 0) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    target = io.BytesIO()
    Image.fromarray(noise).resize((480, 360)).save(target, "JPEG")
    return target.getvalue()


def words(app: AppTest) -> str:
    """Everything written on the page."""
    return "\n".join(str(item.value) for kind in (app.caption, app.markdown, app.error, app.warning) for item in kind)


def upload(app: AppTest, name: str, data: bytes, media: str) -> AppTest:
    app.segmented_control(key="picture.source").set_value("Upload").run()
    return app.file_uploader(key="picture.upload").upload(name, data, media).run()


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
    app.switch_page(page).run()
    assert not app.exception, app.exception
    assert app.title


@pytest.mark.parametrize("page", PAGES)
def test_every_page_runs_with_a_picture_of_ones_own(app: AppTest, page: str) -> None:
    app.session_state["own.picture"] = {"digest": "noise", "data": jpeg(), "title": "noise.jpg"}
    app.session_state["view.restored"], app.session_state["view.picture"] = True, "own"
    app.run()
    app.switch_page(page).run()
    assert not app.exception, app.exception


def test_first_paint_is_a_computed_result(app: AppTest) -> None:
    app.run()
    assert not app.exception, app.exception
    assert "EfficientNet-Lite0" in words(app)
    assert any(name in words(app) for name in ("tiger cat", "Egyptian cat", "tabby"))


def test_a_sessions_first_run_ends_with_the_canvas_and_the_next_shows_all() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception, app.exception
    assert not [item for item in app.selectbox if item.key == "picker.layer"]
    app.run()
    assert app.selectbox(key="picker.layer").value == "stem.conv"


def test_an_upload_is_computed_at_once(app: AppTest) -> None:
    link(app, network="lenet5")
    upload(app, "noise.jpg", jpeg(), "image/jpeg")
    assert not app.exception, app.exception
    assert "noise.jpg" in words(app)


def test_a_bad_upload_is_one_sentence_and_the_picture_stays(app: AppTest) -> None:
    link(app, network="lenet5")
    upload(app, "good.jpg", jpeg(), "image/jpeg")
    upload(app, "bad.png", b"\x89PNG\r\n\x1a\n" + bytes(100), "image/png")
    assert not app.exception, app.exception
    assert len(app.error) == 1
    assert "good.jpg" in words(app)


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


def test_random_weights_are_labelled(app: AppTest) -> None:
    link(app, network="lenet5")
    assert any("random" in str(item.value) for item in app.warning)


def until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_a_run_from_the_sidebar_trains_stops_and_can_be_explored(app: AppTest) -> None:
    from cnnviz import runs

    link(app, network="lenet5")
    app.number_input(key="train.amount").set_value(60).run()
    app.button(key="train.start").click().run()
    assert not app.exception, app.exception
    run = runs.list()[0]
    assert until(lambda: run.status().step > 3, 30), run.log()
    app.run()
    app.button(key="train.stop").click().run()
    assert until(lambda: run.status().state == "stopped", 5), run.status()
    app.run()
    app.button(key="train.explore").click().run()
    assert not app.exception, app.exception
    assert linked(app, "network") == f"run:{run.id}"
