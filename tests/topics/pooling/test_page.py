"""The pooling page as Streamlit runs it: every part, every kind, bad input; and every snippet that it shows."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnviz.operations import pooling
from cnnviz.operations.pooling_windows import TITLES
from cnnviz.records.pooling import PoolingSetting
from cnnviz.topics.pooling import captions, snippets, upsampling_proofs, window_figures
from pages.layers.pooling import loss, steps
from tests.support import ROOT
from tests.support.app import written
from tests.support.waiting import PATIENCE

PAGE = "pages/layers/pooling/page.py"
SETTINGS = [
    PoolingSetting("max", (3, 2), (2, 1), (1, 1), ceil_mode=True),
    PoolingSetting("max", (2, 2), (2, 2), dilation=(2, 2)),
    PoolingSetting("average", (3, 3), (2, 2), (1, 1), include_pad=False),
    PoolingSetting("lp", (2, 2), (2, 2), norm=3.0),
    PoolingSetting("global_average"),
    PoolingSetting("global_max"),
    PoolingSetting("adaptive_average", output=(2, 3)),
    PoolingSetting("adaptive_max", output=(3, 3)),
    PoolingSetting("convolution", (2, 2), (2, 2), (1, 0)),
    PoolingSetting("stochastic", (2, 2), (2, 2), training=False),
]


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(str(ROOT / PAGE), default_timeout=PATIENCE).run()


def ran(snippet: str) -> dict[str, Any]:
    """The names that a snippet leaves behind."""
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(snippet, names)  # what the page shows must run as it stands
    return names


def part(app: AppTest, name: str) -> AppTest:
    app.segmented_control(key="pooling.part").set_value(name).run()
    assert not app.exception, app.exception
    return app


# ------------------------------------------------------------------------------------------------ the page
def test_it_opens_on_the_worked_numbers_proven(app: AppTest) -> None:
    assert not app.exception, app.exception
    said = written(app)
    assert "(5 + 2·0 − 1·(2 − 1) − 1) / 2⌋ + 1 = **2**" in said
    assert "16,448" in said
    assert said.count(":green[") == 2
    assert ":red[" not in said


@pytest.mark.parametrize("kind", TITLES)
def test_every_kind_is_computed_and_proven(app: AppTest, kind: str) -> None:
    app.selectbox(key="pooling.kind").set_value(kind).run()
    assert not app.exception, app.exception
    assert not app.error
    assert written(app).count(":green[") == 2


def test_a_window_that_does_not_fit_is_one_sentence_and_the_last_result_stays(app: AppTest) -> None:
    app.number_input(key="pooling.kernel.both").set_value(7).run()
    assert not app.exception, app.exception
    assert len(app.error) == 1
    assert "does not fit into 5" in app.error[0].value
    assert "(5 + 2·0 − 1·(2 − 1) − 1)" in written(app)


def test_rows_and_columns_begin_where_both_were(app: AppTest) -> None:
    app.number_input(key="pooling.stride.both").set_value(2).run()
    app.toggle(key="pooling.apart").set_value(True).run()
    assert app.number_input(key="pooling.stride.columns").value == 2
    app.number_input(key="pooling.stride.columns").set_value(1).run()
    assert not app.exception, app.exception
    assert "rows ⌊(5 + 2·0 − 1·(2 − 1) − 1) / 2⌋ + 1 = **2**" in written(app)
    assert "columns ⌊(5 + 2·0 − 1·(2 − 1) − 1) / 1⌋ + 1 = **4**" in written(app)


@pytest.mark.parametrize("side", [2, 8])
def test_what_is_lost_is_said_in_decibels(app: AppTest, side: int) -> None:
    part(app, "loss")
    app.segmented_control(key="pooling.loss.side").set_value(side).run()
    assert not app.exception, app.exception
    assert f"49,152 numbers became {49152 // side**2:,}" in written(app)
    assert "no switches" in written(app)
    assert ":red[" not in written(app)


def test_a_layer_with_negative_values_has_no_probabilities(app: AppTest) -> None:
    app.session_state["view.network"] = "lenet5"
    part(app, "loss")
    app.segmented_control(key="pooling.loss.of").set_value("layer").run()
    app.selectbox(key="pooling.loss.kind").set_value("stochastic").run()
    assert not app.exception, app.exception
    assert any("negative" in item.value for item in app.warning)
    assert "[6, 28, 28]" in written(app)


def test_the_shifts_are_measured_on_ten_digits(app: AppTest) -> None:
    part(app, "shifts")
    said = written(app)
    assert "mean over 10 images" in said
    assert "Every image keeps its class" in said
    assert ":red[" not in said


@pytest.mark.parametrize("kind", ["nearest", "bilinear", "transposed", "unpool", "shuffle"])
def test_every_way_to_enlarge_is_proven(app: AppTest, kind: str) -> None:
    part(app, "larger")
    app.selectbox(key="pooling.larger").set_value(kind).run()
    assert not app.exception, app.exception
    assert written(app).count(":green[") == 2
    assert "nothing is lost" in written(app)


def test_an_output_padding_that_cannot_be_is_said(app: AppTest) -> None:
    part(app, "larger")
    app.selectbox(key="pooling.larger").set_value("transposed").run()
    app.number_input(key="pooling.larger.extra").set_value(3).run()
    assert not app.exception, app.exception
    assert "must be below the stride" in app.error[0].value


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (
            PoolingSetting("max", (2, 2), (2, 2)),
            "row 4 and column 4. It is left over at the edge; ceil_mode or padding would",
        ),
        (PoolingSetting("convolution", (2, 2), (2, 2)), "left over at the edge; padding would"),
        (PoolingSetting("average", (1, 1), (2, 2)), "row 1, 3 and column 1, 3. The windows leave gaps"),
        (PoolingSetting("max", (2, 2), (2, 2), ceil_mode=True), ""),
    ],
)
def test_what_no_window_reads_is_named(setting: PoolingSetting, said: str) -> None:
    found = captions.dropped(pooling.pool(steps.START, setting))
    assert (said in found) if said else not found


def test_a_cut_window_of_lp_pooling_is_explained() -> None:
    cut = pooling.pool(steps.START, PoolingSetting("lp", (2, 2), (2, 2), ceil_mode=True))
    assert "up to 4 times" in captions.cut(cut)  # one cell of four is left in the corner
    assert not captions.cut(pooling.pool(steps.START, PoolingSetting("lp", (2, 2), (2, 2))))


# ------------------------------------------------------------------------------------------------ what it shows runs
@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.kind)
def test_the_pytorch_lines_make_the_same_numbers(setting: PoolingSetting) -> None:
    pooled = pooling.pool(steps.START, setting)
    names = ran(snippets.pooled_snippet(pooled))
    assert np.abs(names["y"].detach().numpy()[0] - pooled.values[0]).max() <= 1e-10
    assert np.abs(names["x"].grad.numpy()[0] - pooling.gradient(pooled)[0]).max() <= 1e-9


def test_the_sampling_lines_draw_cells_of_the_windows() -> None:
    setting = PoolingSetting("stochastic", (2, 2), (2, 2), seed=3)
    pooled = pooling.pool(steps.START, setting)
    drawn = ran(snippets.pooled_snippet(pooled))["y"].detach().numpy().ravel()
    for value, cells in zip(drawn, pooled.cells[0].reshape(-1, 4), strict=True):
        assert value in cells
        assert value > 0


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("nearest", {"scale": 3}),
        ("bilinear", {"size": (5, 7), "align_corners": True}),
        ("transposed", {"kernel": np.ones((3, 3)), "stride": (2, 2), "padding": (1, 1), "output_padding": (1, 1)}),
        ("unpool", {}),
    ],
)
def test_the_enlarging_lines_make_the_same_numbers(kind: str, options: dict[str, Any]) -> None:
    made, proof = upsampling_proofs.made(kind, steps.START[:4, :4], **options)
    assert proof.holds
    found = ran(snippets.enlarged_snippet(made, options))["y"]
    assert np.abs(found.numpy() - made.values).max() <= 1e-10


def test_the_shuffling_line_makes_the_same_numbers() -> None:
    made, _ = upsampling_proofs.made("shuffle", np.arange(16.0).reshape(4, 2, 2))
    assert np.array_equal(ran(snippets.enlarged_snippet(made, {}))["y"].numpy(), made.values)


def test_the_other_snippets_run() -> None:
    back = ran(loss.SNIPPET)["back"]
    assert set(back) == {"switches", "nearest", "bilinear"}
    picture = ran(snippets.PICTURE)
    assert torch.equal(picture["back"]["shuffled"], picture["x"])
    assert set(ran(snippets.SHIFTS)["ways"]) >= {"max", "average", "stride"}


# ------------------------------------------------------------------------------------------------ what is drawn
@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.kind)
def test_the_sliding_window_reads_what_the_pooling_held(setting: PoolingSetting) -> None:
    pooled = pooling.pool(steps.START, setting)
    slid = window_figures.window(pooled, pooling.gradient(pooled))
    for row in range(pooled.values.shape[1]):
        for column in range(pooled.values.shape[2]):
            read = [slid.input[0, r, c] for r in slid.rows[row] for c in slid.columns[column] if min(r, c) >= 0]
            held = pooled.cells[0, row, column]
            empty = sum(value in (0.0, -np.inf) for value in read) - sum(held[np.isfinite(held)] == 0)
            assert sorted(v for v in read if v not in (0.0, -np.inf)) == sorted(held[np.isfinite(held) & (held != 0)])
            assert empty >= 0
    if slid.winners is not None:
        flat = slid.winners[0] // len(slid.columns[0]), slid.winners[0] % len(slid.columns[0])
        for place in np.ndindex(slid.winners.shape[1:]):
            won = slid.input[0, slid.rows[place[0], flat[0][place]], slid.columns[place[1], flat[1][place]]]
            assert won == pooled.values[0][place]
