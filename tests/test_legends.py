"""A legend stands above its plot at every width: Plotly 3 leaves it where it was when its rows become fewer.

Tied to the plot's upper edge (`yref` "paper") it lay inside the plot after a window had been widened from a phone's 390
pixels to 1,440; tied to the chart's own upper edge it cannot.
"""

from __future__ import annotations

import re

import plotly.graph_objects as go
import pytest

from cnnviz.figures import looks
from tests.support import ROOT

PLACED = re.compile(r"legend[\"']?\s*[=:]\s*\{[^}]*\by(ref|anchor)?\b|legend_y")


@pytest.mark.parametrize("theme", ["light", "dark", None])
def test_a_legend_hangs_from_the_charts_upper_edge(theme: str | None) -> None:
    legend = looks.apply(go.Figure(go.Scatter(y=[1, 2], name="one")), theme).layout.legend
    assert (legend.yref, legend.y, legend.yanchor) == ("container", 1, "top")


def test_no_figure_places_its_legend_otherwise() -> None:
    scripts = [path for folder in ("cnnviz", "pages") for path in (ROOT / folder).rglob("*.py")]
    others = [path for path in scripts if path.name != "looks.py" and PLACED.search(path.read_text("utf-8"))]
    assert [str(path.relative_to(ROOT)) for path in others] == []
