"""One layer: every channel in one mosaic, its statistics and its histogram."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures import maps
from cnnviz.records import Layer
from cnnviz.topics.explore import captions
from pages.shared import url_state
from pages.shared.components.mosaic import mosaic


def mosaic_of(data: maps.MosaicPacket) -> None:
    """The mosaic; a click on a cell becomes the unit at hand."""
    mosaic(data, key="explore.mosaic", on_pick=_cell_picked, on_want=_contribution_wanted)


def _cell_picked() -> None:
    if picked := st.session_state["explore.mosaic"].get("pick"):
        url_state.change(channel=picked["channel"], row=picked.get("row"), column=picked.get("column"))


def _contribution_wanted() -> None:
    st.session_state["explore.contribution"] = True


def statistics(layer: Layer) -> None:
    """Zeros, dead and saturated channels, and the range, as a table."""
    found = maps.statistics(layer.values, operation=layer.operation)
    rows = captions.statistics(
        layer, dead=int(found.dead.sum()), channels=len(found.dead), saturated=float(found.saturated.mean())
    )
    st.markdown("| measured | value |\n| --- | ---: |\n" + "\n".join(f"| {name} | {value} |" for name, value in rows))
