"""A network as a graph that folds: click a block to open it in place, pan, zoom, search; laid out in the browser.

How to use it:

    from cnnviz.figures.graphs import network_data
    from pages.networks.architectures.components.network_graph import network_graph

    network_graph(network_data(graphs.of(model, (3, 224, 224)), title="ResNet-50"), key="architectures.graph")

In the browser, without a rerun: a click (or Enter) opens a block and folds it again, Escape folds the box around; drag
or Shift + arrow keys move the sheet, the wheel (with Ctrl, or after a click into the drawing), two fingers and + − 0
zoom; arrow keys go from box to box; a name typed into the search is opened, brought into sight and framed; what the
boxes are shaded by is chosen above them. `.stage` has
`data-painted` = the digest of what is drawn, `data-boxes`, `data-open`, `data-zoom`; `.said` says what is pointed at.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.figures.graphs import NetworkGraphPacket
from cnnviz.topics.architectures import component_captions
from pages.shared.components import pack, source

_component = st.components.v2.component(
    "cnnviz_network_graph", **source(__file__, words=component_captions.NETWORK_GRAPH)
)


def network_graph(data: NetworkGraphPacket, *, milliseconds: Sequence[float] = (), key: str) -> None:
    """Draws `figures.graphs.network_data`. milliseconds: of every box; none before they are measured."""
    _component(key=key, data=pack({"key": key, **data, "milliseconds": list(milliseconds)}), height="content")
