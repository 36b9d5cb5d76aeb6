"""One layer: every channel in one mosaic, its statistics and its histogram."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz.figures import distributions, maps
from cnnviz.records import Field, Layer
from pages.shared import view
from pages.shared.components.mosaic import mosaic


def layer_mosaic(data: dict[str, Any], layer: Layer) -> None:
    """The mosaic; a click on a cell becomes the unit at hand."""
    picked = mosaic(data, key="explore.mosaic", on_pick=_unit_picked, on_want=_contribution_wanted)
    if picked and picked.get("layer") != layer.key:
        return


def _unit_picked() -> None:
    picked = st.session_state["explore.mosaic"].get("pick")
    if picked:
        view.change(channel=picked["channel"], row=picked.get("row"), column=picked.get("column"))


def _contribution_wanted() -> None:
    st.session_state["explore.contribution"] = True


def layer_caption(layer: Layer, field: Field | None) -> str:
    """name · operation · shape · receptive field, in one line."""
    parts = [f"**{layer.key}**", layer.kind.replace("_", " "), layer.operation, f"`{list(layer.shape)}`"]
    if field is not None and field.status == "exact":
        parts.append(f"a cell sees {field.rows.size} × {field.columns.size} input pixels, one every {field.stride}")
    elif field is not None:
        parts.append("a cell sees the whole input" if field.status == "whole" else f"field unknown: {field.note}")
    return " · ".join(parts)


def layer_statistics(layer: Layer) -> None:
    """Sparsity, dead channels, range; and how the values are distributed."""
    found = maps.statistics(layer.values)
    cells = layer.values.size
    columns = st.columns(2)
    columns[0].metric("Zeros", f"{float((layer.values == 0).mean()):.1%}", help=f"of {cells:,} values")
    columns[1].metric("Dead channels", f"{int(found.dead.sum())} of {len(found.dead)}", help="the same value in every cell")
    columns[0].metric("Smallest", f"{float(layer.values.min()):.4g}")
    columns[1].metric("Largest", f"{float(layer.values.max()):.4g}")
    st.plotly_chart(
        distributions.histogram(layer.values, title=f"values of {layer.key}"),
        key="explore.histogram",
        config={"displayModeBar": False},
    )
