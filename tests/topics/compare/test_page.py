"""Networks beside each other: the published table is regenerated, choices are checked by brute force, the page runs."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from benchmarks import widgets
from cnnviz import models
from cnnviz.measurements import architectures
from cnnviz.models.torchvision_families import NAMES
from cnnviz.topics.compare import architecture_history, captions, figures, model_selection, pairs, published, snippets
from cnnviz.topics.compare.records import Candidate, CostLimits
from tests.support.app import opened, written
from tests.support.snippets import run

PAGE = "pages/networks/compare/page.py"
PARTS = ("Which one?", "All of them", "Side by side", "LeNet to MobileNet")
TABLE = {row["name"]: row for row in json.loads(published.TABLE.read_text("utf-8"))}
NEWEST = published.published()
RATED = tuple(one for one in NEWEST if one.accuracy is not None)
# Counted again in this test; every other line is as the command wrote it (about a minute for all).
COUNTED = (
    "lenet5", "alexnet", "vgg16", "googlenet", "resnet50", "squeezenet1_1", "mobilenet_v1", "mobilenet_v2",
    "mobilenet_v3_small", "regnet_x_400mf", "swin_t",
)  # fmt: skip


# ------------------------------------------------------------------------------------------------ the table
@pytest.mark.parametrize("name", COUNTED)
def test_a_line_of_the_table_is_what_is_counted_now(name: str) -> None:
    assert TABLE[name] == published.row_of(name)


def test_the_table_has_every_torchvision_classifier_with_its_published_numbers() -> None:
    """Against torchvision itself: nothing is downloaded for it."""
    assert {*NAMES} <= TABLE.keys()
    for name in NAMES:
        assert TABLE[name]["weights"] == list(published._torchvision_weights(name)), name
        spec = models.spec(name)
        assert TABLE[name]["parameters"] == spec.parameters
        assert TABLE[name]["title"] == spec.title


@pytest.mark.parametrize(("name", "field"), [
    ("alexnet", 195), ("vgg16", 212), ("resnet18", 435), ("resnet34", 899), ("resnet50", 427), ("googlenet", 379),
    ("inception_v3", 1311), ("densenet121", 2071), ("mobilenet_v2", 491), ("squeezenet1_0", 155), ("lenet5", 16),
])  # fmt: skip
def test_fields_are_the_known_ones(name: str, field: int) -> None:
    assert (TABLE[name]["field"], TABLE[name]["status"]) == (field, "exact")


def test_both_recipes() -> None:
    newest, first = ({one.name: one for one in published.published(recipe)} for recipe in published.RECIPES)
    assert newest["resnet50"].accuracy == 80.858
    assert first["resnet50"].accuracy == 76.13
    assert newest["lenet5"].accuracy is None
    assert newest["vit_h_14"].side == 518  # its best weights want larger images
    assert first["vit_h_14"].name == "vit_h_14"
    assert {one.name for one in RATED if one.source.startswith(("torchvision",))} == {*NAMES}


# ------------------------------------------------------------------------------------------------ choosing
def made(accuracy: float | None, macs: float, parameters: float = 1, file_mb: float = 1) -> Candidate:
    name = f"{accuracy}/{macs}/{parameters}/{file_mb}"
    return replace(NEWEST[0], name=name, accuracy=accuracy, macs=int(macs), parameters=int(parameters), file_mb=file_mb)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(50, 90), st.integers(1, 9), st.integers(1, 9), st.integers(1, 9)), min_size=1,
                max_size=12), st.integers(1, 9), st.integers(50, 90))  # fmt: skip
def test_the_answer_is_what_trying_every_network_gives(
    numbers: list[tuple[int, int, int, int]], most: int, least: int
) -> None:
    candidates = [made(*one) for one in numbers]
    answer = model_selection.choose(candidates, CostLimits(macs=most, accuracy=least))
    kept = [one for one in candidates if one.macs <= most and (one.accuracy or 0) >= least]
    assert sorted(one.name for one in answer.ranked) == sorted(one.name for one in kept)
    if kept:
        assert answer.ranked[0].accuracy == max(one.accuracy or 0 for one in kept)
    for one, other in itertools.product(candidates, repeat=2):
        beats = all(
            getattr(other, cost) <= getattr(one, cost) for cost in model_selection.COSTS
        ) and (other.accuracy or 0) >= (one.accuracy or 0) and other.name != one.name  # fmt: skip
        assert not (beats and one.name in answer.front)


@pytest.mark.parametrize("by", model_selection.RANKS)
def test_a_loosened_limit_brings_what_it_says(by: str) -> None:
    limits = CostLimits(file_mb=20, macs=1e9, accuracy=70)
    answer = model_selection.choose(NEWEST, limits, by=by)
    best = answer.ranked[0]
    assert model_selection.keeps(best, limits)
    assert answer.loosened
    for one in answer.loosened:
        moved = replace(limits, **{one.limit: one.needed})
        assert model_selection.keeps(one.gained, moved)
        assert not model_selection.keeps(one.gained, limits)
        assert one.points == pytest.approx((one.gained.accuracy or 0) - (best.accuracy or 0))


def test_where_nothing_fits_the_least_move_is_said() -> None:
    answer = model_selection.choose(NEWEST, CostLimits(file_mb=5, accuracy=75))
    assert not answer.ranked
    assert {one.limit for one in answer.nearest} == {"file_mb", "accuracy"}
    for one in answer.nearest:
        assert model_selection.keeps(one.gained, replace(answer.limits, **{one.limit: one.needed}))
    cheapest = min((one for one in RATED if (one.accuracy or 0) >= 75), key=lambda one: one.file_mb)
    assert next(one for one in answer.nearest if one.limit == "file_mb").gained == cheapest


def test_an_unknown_ranking_lists_the_known() -> None:
    with pytest.raises(ValueError, match="accuracy, file_mb, macs, parameters"):
        model_selection.choose(NEWEST, CostLimits(), by="beauty")


# ------------------------------------------------------------------------------------------------ pairs and lines
def test_resnets_differ_where_blocks_were_added() -> None:
    beside = pairs.aligned(pairs.parts("resnet50"), pairs.parts("resnet101"))
    different = [pair for pair in beside if pair.differs]
    assert [(pair.first and pair.first.count, pair.second and pair.second.count) for pair in different] == [(5, 22)]


def test_a_network_beside_itself_does_not_differ() -> None:
    parts = pairs.parts("mobilenet_v2")
    assert not any(pair.differs for pair in pairs.aligned(parts, parts))


@pytest.mark.parametrize(("first", "second"), [("lenet5", "alexnet"), ("vgg16", "mobilenet_v2")])
def test_aligned_lists_lose_nothing_and_keep_their_order(first: str, second: str) -> None:
    one, other = pairs.parts(first), pairs.parts(second)
    beside = pairs.aligned(one, other)
    assert sorted(part.name for part in one) == sorted(pair.first.name for pair in beside if pair.first)
    assert sorted(part.name for part in other) == sorted(pair.second.name for pair in beside if pair.second)
    assert sum(part.macs for part in one) == architectures.survey(first).macs
    table = figures.pair_table(beside)
    assert {len(column) for column in table.values()} == {len(beside)}


def test_the_lines_are_what_is_counted_now() -> None:
    assert architecture_history.line(architecture_history.KINDS[0]) == architecture_history.one_at_a_time()
    assert architecture_history.line(architecture_history.KINDS[1]) == architecture_history.networks()


def test_the_line_begins_at_vgg_16_and_changes_one_thing_at_a_time() -> None:
    vgg = architecture_history.counted(architecture_history.NetworkPlan())
    assert (vgg.parameters, vgg.macs) == (138_357_544, 15_470_264_320)  # torchvision's, published
    plans = [plan for _title, _change, plan in architecture_history.CHANGES]
    for before, after in itertools.pairwise(plans):
        changed = [name for name in vars(after) if getattr(before, name) != getattr(after, name)]
        assert len(changed) == 1, changed


@pytest.mark.parametrize("plan", [plan for _title, _change, plan in architecture_history.CHANGES if not plan.hidden])
def test_each_network_of_the_line_runs_on_real_numbers(plan: architecture_history.NetworkPlan) -> None:
    model = architecture_history.LineNetwork(plan).eval()
    with torch.no_grad():
        assert model(torch.zeros(1, 3, 64, 64)).shape == (1, 1000)


def test_deltas_are_written_with_their_ratio() -> None:
    steps = architecture_history.line()
    assert figures.delta(steps[0], None, "parameters") == ""
    assert figures.delta(steps[4], steps[3], "parameters") == "−123,129,856 (÷\N{NO-BREAK SPACE}9.09)"
    assert figures.delta(steps[6], steps[5], "parameters") == "the same"
    assert figures.delta(steps[5], steps[4], "parameters") == "+4,224"
    said = captions.steps(steps)
    assert said[0] == "Parameters fall by the largest factor at **Averages**: 138,357,544 → 15,227,688."


# ------------------------------------------------------------------------------------------------ figures
@pytest.mark.parametrize("theme", ["light", "dark", None])
@pytest.mark.parametrize("x", figures.AXES)
def test_bubbles_stand_where_the_numbers_say(x: str, theme: str | None) -> None:
    chart = figures.bubbles(NEWEST, (x, "accuracy", "parameters"), theme=theme)
    drawn = {name: (one, other) for trace in chart.data if trace.customdata is not None
             for name, one, other in zip(trace.customdata, trace.x, trace.y, strict=True)}  # fmt: skip
    wanted = {one.name for one in RATED if figures.value(one, x) is not None}
    assert drawn.keys() == wanted
    resnet = next(one for one in NEWEST if one.name == "resnet50")
    assert drawn["resnet50"] == (pytest.approx(figures.value(resnet, x)), 80.858)


@pytest.mark.parametrize("area", ["parameters", "macs"])
def test_no_name_stands_in_its_own_bubble(area: str) -> None:
    chart = figures.bubbles(NEWEST, ("macs", "accuracy", area), chosen="resnet50", theme="light")
    widths = {name: size for trace in chart.data if trace.customdata is not None
              for name, size in zip(trace.customdata, trace.marker.size, strict=True)}  # fmt: skip
    names = {one.title: one.name for one in NEWEST}
    assert len(chart.layout.annotations) > 3
    for label in chart.layout.annotations:
        width = widths[names[label.text.removeprefix("<b>").removesuffix("</b>")]]
        if label.showarrow:
            assert -label.ay >= width / 2 + label.font.size / 2
        else:  # its nearest corner
            assert math.hypot(label.xshift, label.yshift) >= width / 2
            assert (label.xanchor, label.yanchor) == (("right", "bottom") if label.xshift < 0 else ("left", "top"))


def test_the_front_rises() -> None:
    edge = figures.front_line(RATED, "macs")
    assert [one.macs for one in edge] == sorted(one.macs for one in edge)
    assert [one.accuracy or 0 for one in edge] == sorted(one.accuracy or 0 for one in edge)
    for one in edge:
        assert not any(other.macs <= one.macs and (other.accuracy or 0) > (one.accuracy or 0) for other in RATED)


def test_the_table_starts_with_the_most_accurate() -> None:
    columns = figures.table(NEWEST, front=model_selection.front(RATED))
    assert columns["accuracy"][0] == max(one.accuracy or 0 for one in RATED)
    assert columns["accuracy"][-1] is None
    assert {len(column) for column in columns.values()} == {len(NEWEST)}


# ------------------------------------------------------------------------------------------------ the page
@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_on_a_result(page: AppTest, part: str) -> None:
    opened(page, compare__part=part)
    assert page.segmented_control(key="compare.part").value == part
    assert not page.error
    assert not page.warning
    assert page.expander


def test_the_answer_follows_the_limits(page: AppTest) -> None:
    opened(page, compare__file="20", compare__macs="1")
    answer = model_selection.choose(NEWEST, CostLimits(file_mb=20, macs=1e9))
    assert f"{answer.ranked[0].title}: {answer.ranked[0].accuracy:.1f} %" in written(page)
    page.number_input(key="compare.accuracy").set_value(80.0).run()
    assert len(page.warning) == 1
    assert "No network with a published accuracy keeps within your limits" in written(page)
    assert "would let" in written(page)


def test_the_first_of_the_ranking_becomes_the_network_at_hand(page: AppTest) -> None:
    opened(page)
    page.button(key="compare.open").click().run()
    assert (
        page.session_state["view.network"]
        == model_selection.choose(NEWEST, CostLimits(file_mb=20, macs=1e9)).ranked[0].name
    )


def test_a_name_that_is_none_is_one_sentence(page: AppTest) -> None:
    opened(page, compare__part="Side by side", compare__first="no_such_net")
    assert [str(item.value) for item in page.error] == []
    asked = [str(item.value) for item in page.warning if str(item.value).startswith("The link asks for network")]
    assert len(asked) == 1
    # What is typed stays, and is answered where the comparison would stand.
    page = widgets.put(page, page.selectbox(key="compare.first"), ["no_such_net"])
    assert [str(item.value)[:38] for item in page.error] == ["These two networks cannot be compared:"]


@pytest.mark.parametrize("query", [
    {"compare__file": "-4", "compare__macs": "nan", "compare__by": "<b>"},
    {"compare__part": "All of them", "compare__x": "beauty", "compare__area": "year"},
])  # fmt: skip
def test_a_crooked_link_opens_something_sensible(page: AppTest, query: dict[str, str]) -> None:
    opened(page, **query)
    assert not page.error


# ------------------------------------------------------------------------------------------------ snippets
def test_snippets_run_and_give_the_pages_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    limits = CostLimits(file_mb=20, macs=1e9)
    answer = run(snippets.CHOICE.format(limits=limits, recipe=published.RECIPES[0], by="accuracy"))["answer"]
    assert answer == model_selection.choose(NEWEST, limits)
    assert run(snippets.PUBLISHED.format(recipe=published.RECIPES[0]))["front"] == model_selection.front(RATED)
    beside = run(snippets.PAIR.format(first="lenet5", second="cnn"))["beside"]
    assert beside == pairs.aligned(pairs.parts("lenet5"), pairs.parts("cnn"))
    bottlenecks = next(step for step in architecture_history.line() if step.title == "Bottlenecks")
    assert run(snippets.LINE)["network"].parameters == bottlenecks.parameters
    assert capsys.readouterr().out
