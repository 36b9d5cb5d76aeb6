"""One layer: every channel in one mosaic, its statistics and its histogram."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz.figures import maps
from cnnviz.records import Field, Layer
from pages.shared import url_state
from pages.shared.charts import chart
from pages.shared.components.mosaic import mosaic


def mosaic_of(data: maps.MosaicPacket) -> None:
    """The mosaic; a click on a cell becomes the unit at hand."""
    mosaic(data, key="explore.mosaic", on_pick=_cell_picked, on_want=_contribution_wanted)


def _cell_picked() -> None:
    if picked := st.session_state["explore.mosaic"].get("pick"):
        url_state.change(channel=picked["channel"], row=picked.get("row"), column=picked.get("column"))


def _contribution_wanted() -> None:
    st.session_state["explore.contribution"] = True


def caption(layer: Layer, field: Field | None) -> str:
    """name · operation · shape · receptive field, in one line."""
    parts = [f"**{layer.key}**", layer.kind.replace("_", " "), layer.operation, f"`{list(layer.shape)}`"]
    if field is not None and field.status == "exact":
        step = f", one every {field.stride}" if field.is_even else " at most"
        parts.append(f"a cell sees {field.rows.size} × {field.columns.size} input pixels{step}")
    elif field is not None:
        parts.append("a cell sees the whole input" if field.status == "whole" else f"field unknown: {field.note}")
    return " · ".join(parts)


def statistics(layer: Layer, histogram: Any) -> None:
    """Zeros, dead and saturated channels, range; and how the values are distributed."""
    found = maps.statistics(layer.values, operation=layer.operation)
    zeros = f"{float((layer.values == 0).mean()):.1%}"
    rows = [
        ("zeros", zeros),
        ("dead channels", f"{int(found.dead.sum())} of {len(found.dead)}"),
        ("saturated", f"{float(found.saturated.mean()):.1%}"),
        ("smallest", f"{float(layer.values.min()):.4g}"),
        ("largest", f"{float(layer.values.max()):.4g}"),
        ("mean", f"{float(layer.values.mean()):.4g}"),
    ]
    st.markdown("| | |\n| --- | ---: |\n" + "\n".join(f"| {name} | {value} |" for name, value in rows))
    chart(histogram, key="explore.histogram")
