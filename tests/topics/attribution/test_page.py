"""The page "Why this answer?" as Streamlit runs it: what opens, what does not fit, a link, and the snippet."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
import streamlit
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz import attribution
from cnnviz.records.attribution import Attribution, Target
from cnnviz.topics.attribution import captions, figures, snippets
from pages.shared import stopping
from pages.why.attribution import answer, cache, choose
from tests.support.app import app_at, opened, written

PAGE = "pages/why/attribution/page.py"
RUN = "run:mnist-lenet5-df3d2154"


def test_every_method_is_said_and_drawn() -> None:
    assert set(captions.SAYS) == set(attribution.names())


def test_it_opens_filled_and_a_slow_method_joins_the_grid() -> None:
    app = opened(app_at(PAGE), network=RUN)
    said = written(app)
    assert "Grad-CAM" in said
    assert ":material/check_circle:" in said
    app.session_state["attribution.slower"] = ["smoothgrad"]
    app.session_state["attribution.method"] = "smoothgrad"
    said = written(app.run())
    assert "noisy copies" in said
    assert "two halves of them correlate" in said


def test_no_quick_map_waits_for_a_slow_one(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[dict[str, Any]] = []
    paint = answer._paint
    monkeypatch.setattr(
        answer, "_paint", lambda grid, here, chosen, found, *, key: (
            painted.append(dict(found)), paint(grid, here, chosen, found, key=key),
        )
    )  # fmt: skip
    at_the_start: list[dict[str, Any]] = []
    monkeypatch.setattr(cache, "slow", lambda *asked: at_the_start.append(painted[-1]) or "not now")
    monkeypatch.setattr(cache, "is_slow_there", lambda *asked: False)
    app = app_at(PAGE)
    app.query_params["attribution.slower"] = "rise"
    opened(app, network=RUN, layer="conv1")
    assert set(at_the_start[0]) == set(cache.quick_names())
    assert captions.COMING not in [one for one in at_the_start[0].values() if isinstance(one, str)]


def test_a_slow_method_is_stopped_by_its_own_button_and_does_not_begin_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*asked: Any) -> None:
        asked[-1](0.3)
        streamlit.stop()  # as Streamlit ends a run where a person clicks

    app = opened(app_at(PAGE), network=RUN)
    with monkeypatch.context() as during:
        during.setattr(cache, "slow", interrupted)
        during.setattr(cache, "is_slow_there", lambda *asked: False)  # another test may have finished one
        app.session_state["attribution.slower"] = ["smoothgrad", "rise"]
        app.run()
        assert [one.label for one in app.button if str(one.key).startswith("attribution.stop.")] == ["Stop SmoothGrad"]
        app.button(key="attribution.stop.smoothgrad").click()
        app.run()
        assert app.session_state["attribution.slower"] == ["rise"]
        app.button(key="attribution.stop.rise").click()
        app.run()
    assert app.session_state["attribution.slower"] == []
    assert not [one for one in app.button if str(one.key).startswith("attribution.stop.")]


def test_after_a_click_elsewhere_a_slow_method_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[int] = []
    values, tell = attribution.AttributionRequest.values, answer._tell

    def counted(asked: attribution.AttributionRequest, batch: torch.Tensor, *more: Any) -> torch.Tensor:
        passed.append(len(batch))
        return values(asked, batch, *more)

    def clicked(bar: Any, name: str, share: float) -> bool:
        return streamlit.stop() if share >= 0.5 else tell(bar, name, share)

    streamlit.cache_resource.clear()
    app = opened(app_at(PAGE), network=RUN)
    monkeypatch.setattr(attribution.AttributionRequest, "values", counted)
    with monkeypatch.context() as during:
        during.setattr(answer, "_tell", clicked)
        app.session_state["attribution.slower"] = ["rise"]
        assert "halves of them correlate" not in written(app.run())
    before = sum(passed)
    passed.clear()
    app.session_state["attribution.method"] = "rise"
    assert "500 masks; the maps of two halves of them correlate" in written(app.run())
    assert before >= 250
    assert sum(passed) <= 251, "the other half, and the image itself"


@pytest.mark.parametrize(
    "linked", ["smoothgrad,rise", ["smoothgrad", "rise"], ["RISE, about 2 min", "SmoothGrad, under 1 s"]]
)
def test_a_link_holds_slower_methods_however_long_they_take(
    linked: str | list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(cache, "slow", lambda *given: asked.append(given[-2]) or "not now")
    app = app_at(PAGE)
    app.query_params["attribution.slower"] = linked
    app = opened(app, network=RUN)
    assert asked == ["smoothgrad", "rise"]
    held = app.query_params["attribution.slower"]
    assert (held if isinstance(held, str) else held[0]) == "smoothgrad,rise", "names, and no seconds"
    assert not app.warning


def test_where_stop_is_heard_on_the_way_the_page_is_whole_without_the_method(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "is_clicked", lambda key: key == "attribution.stop.smoothgrad")
    link = {"network": RUN, "attribution__baseline": "blur", "attribution__slower": "smoothgrad,rise"}
    app = opened(app_at(PAGE), **link)
    assert "halves of them correlate" not in written(app)
    assert not [one for one in app.button if str(one.key).startswith("attribution.stop.")]
    assert [one for one in app.get("download_button") if "attribution.take" in str(one.proto.id)]


def test_a_class_that_there_is_not_is_said_and_the_likeliest_stands_there() -> None:
    app = opened(app_at(PAGE), network=RUN, attribution__class="a unicorn")
    said = [str(one.value) for one in app.warning]
    assert said == ["The link asks for class “a unicorn”, which is left out: the page's own stands there instead."]
    assert app.selectbox(key="attribution.class").value == choose.NONE


def test_a_link_holds_the_baseline_and_a_channel_of_a_layer() -> None:
    link = {"class": captions.UNIT, "baseline": captions.BASELINES["blur"], "channel": "5"}
    link = {f"attribution.{name}": value for name, value in link.items()}
    app = opened(app_at(PAGE), network=RUN, layer="conv2", **link)
    said = written(app)
    assert "What raises channel 5 of conv2" in said
    code = "\n".join(str(one.value) for one in app.code)
    assert "baselines.of('blur'" in code
    assert "Target(5, \"unit\", layer='conv2')" in code


def test_a_link_holds_one_cell_and_what_it_does_not_see_is_checked() -> None:
    link = {"class": captions.UNIT, "channel": "5", "unit_row": "2", "unit_column": "3"}
    link = {f"attribution.{name}": value for name, value in link.items()}
    app = opened(app_at(PAGE), network=RUN, layer="conv2", method="gradient", **link)
    said = written(app)
    assert "What raises channel 5 of conv2 at row 2, column 3 in" in said
    assert "on average" not in said
    assert captions.OUTSIDE.split("(")[0] in said
    code = "\n".join(str(one.value) for one in app.code)
    assert "Target(5, \"unit\", layer='conv2', row=2, column=3)" in code
    app.number_input(key="attribution.unit_row").set_value(None)
    assert "on average over its cells" in written(app.run())


def test_a_unit_of_a_layer_without_maps_is_explained() -> None:
    link = {"attribution.class": captions.UNIT, "attribution.channel": "7"}
    app = opened(app_at(PAGE), network=RUN, layer="fc1", method="deeplift", **link)
    said = written(app)
    assert "What raises channel 7 of fc1 in" in said
    assert "on average" not in said
    assert "The sum of the map is f(image)" in said


def test_the_snippet_runs_and_agrees() -> None:
    text = io.StringIO()
    code = snippets.one_method(RUN, "digit-on-paper", "crop", "grad_cam", Target(3, "difference", 5), "")
    with contextlib.redirect_stdout(text):
        exec(code, {})
    assert "law: (" in text.getvalue()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-6, 1e6))
def test_shares_give_the_numbers_back(seed: int, size: float) -> None:
    values = np.random.default_rng(seed).normal(size=(9, 7)) * size
    scale = figures.limit(values)
    back = figures.shares(values, scale) / figures.WHOLE * 2 * scale
    assert np.allclose(back, np.clip(values, -2 * scale, 2 * scale), atol=scale / figures.WHOLE * 1.01)
    assert not figures.shares(values * 0, 0.0).any()


def test_a_method_that_does_not_fit_is_a_tile_with_its_reason() -> None:
    found = {"gradient": Attribution("gradient", np.ones((2, 2)), np.ones((2, 2)), 1.0), "guided": "No ReLU."}
    header, _, maps = figures.packet(np.zeros((2, 2, 3), np.uint8), {"gradient": "G", "guided": "B"}, found, "cat")
    assert [tile["why"] for tile in header["tiles"]] == ["", "No ReLU."]
    assert len(maps) == 2 * 2 * 2


def test_what_is_checked_on_a_map_is_said_in_words_of_its_own() -> None:
    x = torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(3))
    torch.manual_seed(4)
    model = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)
    ).eval()  # fmt: skip
    said = {name: captions.law(attribution.explain(model, x, name, Target(1))) for name in attribution.names()}
    assert said["guided"] == "nothing to check it by"
    assert said["gradient"] == said["input_gradient"] == "slope: checked"
    assert said["deeplift"] == said["grad_cam"] == said["lrp"] == "adds up: checked"
    assert not [name for name, words in said.items() if words.startswith("promise")]
