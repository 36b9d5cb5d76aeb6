"""One layer: every channel in one mosaic, its statistics and its histogram."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures import maps
from cnnviz.records import Layer
from cnnviz.topics.explore import captions
from pages.shared import messages, url_state
from pages.shared.components.mosaic import mosaic

KEY = "explore.mosaic"


def mosaic_of(data: maps.MosaicPacket) -> None:
    """The mosaic; a click on a cell becomes the unit at hand."""
    mosaic(data, key=KEY, on_pick=_cell_picked, on_want=_contribution_wanted)


def _cell_picked() -> None:
    if picked := messages.heard(KEY, "pick", messages.Place):
        url_state.change(channel=picked.channel, row=picked.row, column=picked.column)


def _contribution_wanted() -> None:
    st.session_state["explore.contribution"] = True


def statistics(layer: Layer) -> None:
    """Zeros, dead and saturated channels, and the range, as a table."""
    found = maps.statistics(layer.values, operation=layer.operation)
    rows = captions.statistics(
        layer, dead=int(found.dead.sum()), channels=len(found.dead), saturated=float(found.saturated.mean())
    )
    st.markdown("| measured | value |\n| --- | ---: |\n" + "\n".join(f"| {name} | {value} |" for name, value in rows))
