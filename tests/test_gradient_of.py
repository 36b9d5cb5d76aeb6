"""The gradient beside a layer's maps: the link names the score, and the list changes the link."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.support import ROOT
from tests.support.waiting import PATIENCE

RUN = "run:mnist-lenet5-df3d2154"


def test_the_link_holds_of_which_score_the_gradient_is() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params.update({"network": RUN, "layer": "conv1", "gradient": "3"})
    app.run()
    app.run()  # the first run of a session ends with the canvas
    chosen = app.selectbox(key="explore.gradient")
    assert chosen.value == 3
    chosen.set_value(7).run()
    assert not app.exception
    assert app.query_params["gradient"] == "7"
    app.selectbox(key="explore.gradient").set_value(None).run()
    assert "gradient" not in app.query_params


def test_a_score_that_the_network_does_not_have_is_no_gradient() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params.update({"network": RUN, "layer": "conv1", "gradient": "10"})
    app.run()
    app.run()
    assert app.selectbox(key="explore.gradient").value is None
    assert not app.exception
