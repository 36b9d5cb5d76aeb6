"""The page `gradients` as Streamlit runs it: the verdict, earlier curves, the training section, a link."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.support import ROOT
from tests.support.app import turn_to, written
from tests.support.waiting import PATIENCE

PAGE = "pages/layers/gradients/page.py"


@pytest.fixture
def app() -> AppTest:
    started = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    started.run()
    return turn_to(started, PAGE).run()


def test_first_paint_is_measured_and_proven(app: AppTest) -> None:
    said = written(app)
    assert "The gradient vanishes" in said
    assert "0.25¹⁹" in said
    assert said.count(":material/check_circle:") == 2


def test_the_old_setting_stays_and_can_be_cleared(app: AppTest) -> None:
    before = app.session_state["gradients.now"]
    app.selectbox(key="gradients.activation").set_value("tanh").run()
    assert app.session_state["gradients.past"][0] == before
    app.toggle(key="gradients.skip").set_value(True).run()
    assert [stack.activation for stack, _ in app.session_state["gradients.past"]] == ["tanh", "sigmoid", "ReLU"]
    app.selectbox(key="gradients.activation").set_value("GELU").run()
    assert len(app.session_state["gradients.past"]) == 3
    app.button(key="gradients.clear").click().run()
    assert app.session_state["gradients.past"] == []
    assert app.button(key="gradients.clear").disabled
    written(app)


def test_every_kind_of_layer_and_start(app: AppTest) -> None:
    app.slider(key="gradients.depth").set_value(3).run()
    app.segmented_control(key="gradients.kind").set_value("convolution").run()
    assert "3 convolution layers of 8" in written(app)
    app.selectbox(key="gradients.initialisation").set_value("zeros").run()
    assert "exactly zero" in written(app)


def test_the_training_section(app: AppTest) -> None:
    app.slider(key="gradients.depth").set_value(4)
    app.segmented_control(key="gradients.part").set_value("While it trains").run()
    assert "In 60 steps the loss goes from" in written(app)


def test_a_trained_network_and_the_one_before_it(app: AppTest) -> None:
    app.segmented_control(key="gradients.part").set_value("In a trained network").run()
    app.selectbox(key="picker.network").set_value("efficientnet_lite0").run()
    assert "EfficientNet-Lite0 · a drawn digit" in written(app)
    app.selectbox(key="picker.network").set_value("lenet5").run()
    assert "in the first layer (conv1)" in written(app)
    assert app.session_state["gradients.networks"][:2] == ["lenet5", "efficientnet_lite0"]
    app.session_state["view.network"] = "no_such_net"
    app.run()
    assert not app.exception
    assert "cannot be opened" in app.error[0].value
    assert app.session_state["gradients.networks"][:2] == ["lenet5", "efficientnet_lite0"]


def test_a_link_brings_the_setting_back() -> None:
    linked = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    linked.query_params["gradients.activation"] = "ReLU"
    linked.query_params["gradients.depth"] = "7"
    linked.run()
    turn_to(linked, PAGE).run()
    assert "ReLU, Xavier, 7 dense layers of 64" in written(linked)
