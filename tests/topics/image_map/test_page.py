"""The page "A map of the images" as Streamlit runs it, its packet, its verdict, and the snippet."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest

from cnnviz.topics.image_map import captions, figures, snippets
from cnnviz.topics.image_map.records import Parted, Plane
from tests.support.app import app_at, opened, written

PAGE = "pages/why/image_map/page.py"
RUN = "run:mnist-lenet5-df3d2154"


def test_it_opens_filled_with_pca_and_tsne_follows() -> None:
    app = opened(app_at(PAGE), network=RUN, image_map__images="digits", image_map__count="100")
    said = written(app)
    assert "100 images (digits)" in said
    assert "from its five nearest others" in said
    app.segmented_control(key="image_map.plane").set_value("tsne")
    assert captions.OWN_PLACE["tsne"] in written(app.run())


def test_layer_and_colour_stand_in_the_link_and_what_there_is_not_leaves_it() -> None:
    digits = {"image_map__images": "digits", "image_map__count": "100"}
    app = opened(app_at(PAGE), network=RUN, **digits, image_map__layer="activation2", image_map__colour="answer")
    assert app.query_params["image_map.layer"] == "activation2"
    assert app.query_params["image_map.colour"] == "answer"
    assert app.session_state["predict.asked"][captions.TITLE][0][0] == "neighbours_vote"
    app = opened(app_at(PAGE), network=RUN, **digits, image_map__layer="nowhere", image_map__colour="<b>")
    assert not {"image_map.layer", "image_map.colour"} & set(app.query_params)


def test_the_snippet_runs() -> None:
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        exec(snippets.separability(RUN, "digits", 30), {})
    assert text.getvalue().count("Parted") > 3


@pytest.mark.parametrize(
    ("first", "last", "says"), [(0.3, 0.9, "have parted"), (0.9, 0.3, "closer"), (0.5, 0.55, "cannot be told")]
)
def test_the_verdict_follows_the_intervals(first: float, last: float, says: str) -> None:
    found = [Parted("pixels", first, 0.05, 0.1), Parted("logits", last, 0.05, 0.1)]
    assert says in captions.verdict(found)


def test_the_packet_holds_every_image_and_knows_right_from_wrong() -> None:
    shown = [np.full((8, 6, 3), 10 * index, np.uint8) for index in range(5)]
    planes = [Plane(np.arange(10.0).reshape(5, 2), 0.5)] * 2
    near = [np.array([[1], [0], [0], [0], [2]])] * 2
    parted = [Parted("a", 0.5, 0.1, 0.2)] * 2
    labels = np.array([0, 1, 1, 0])
    header, sheet, places, nearest = figures.packet(
        shown, labels, ("x", "y"), ["x", "x", "y", "x", "y"], planes, near, parted, ["", ""]
    )
    assert header["right"] == [True, False, True, True]
    assert header["labels"] == [0, 1, 1, 0, -1]
    assert len(places) == 2 * 5 * 2 * 4
    assert len(nearest) == 2 * 5 * 2
    assert sheet.startswith(b"\x89PNG")
    header, *_ = figures.packet(shown, labels, ("x", "y"), ["cat"] * 5, planes, near, parted, ["", ""])
    assert header["right"] == []
