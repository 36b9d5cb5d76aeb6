"""Marks of logarithmic axes: enough to read, not too many, each as the number that it is; and no axis without them."""

from __future__ import annotations

import ast
import math

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.figures import log_axis
from tests.support import ROOT


@given(low=st.floats(-12, 9), span=st.floats(0.0, 15))
def test_marks_are_enough_and_not_too_many(low: float, span: float) -> None:
    values = [10**low, 10 ** (low + span)]
    within = [mark for mark in log_axis.ticks(values) if values[0] <= mark <= values[1]]
    assert len(within) <= 10
    assert len(within) >= (2 if span > 1 else 0)


@given(values=st.lists(st.floats(1e-12, 1e12), min_size=1))
def test_a_mark_says_where_it_stands(values: list[float]) -> None:
    for mark in log_axis.ticks(values):
        assert math.isclose(float(log_axis.text(mark).replace(",", "").replace("−", "-")), mark, rel_tol=1e-12)


def test_what_has_no_logarithm_is_left_out() -> None:
    assert log_axis.ticks([0.0, -1.0, math.nan, math.inf, None]) == []
    assert log_axis.ticks([0.0, 3.0, None]) == log_axis.ticks([3.0])


def test_an_axis_counts_the_traces_that_it_carries() -> None:
    figure = go.Figure([go.Scatter(y=[1, 1000]), go.Scatter(y=[1e-6], yaxis="y2")])
    assert log_axis.of(figure, "y", axis="y") == log_axis.settings([1, 1000])
    assert log_axis.of(figure, "y") == log_axis.settings([1, 1000, 1e-6])


@pytest.mark.parametrize("folder", ["cnnviz", "pages"])
def test_no_chart_makes_a_logarithmic_axis_by_itself(folder: str) -> None:
    """Where a call names the type, it names the marks as well."""
    found = []
    for path in (ROOT / folder).rglob("*.py"):
        source = path.read_text("utf-8")
        if "log" not in source or "update_" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("update_xaxes", "update_yaxes"))):
                continue
            given = {word.arg: word.value for word in node.keywords}
            if "'log'" in ast.unparse(given.get("type", ast.Constant(""))) and "tickvals" not in given:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []
