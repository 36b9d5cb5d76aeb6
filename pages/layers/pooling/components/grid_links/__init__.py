"""A grid of numbers and the larger grid made of it: point at a cell and see where it comes from, or where it goes.

The element `.stage` has `data-painted` = the digest of what is drawn; `.said` holds the sum of the cell pointed at.
"""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.pooling import captions
from cnnviz.topics.pooling.upsampling_figures import GridLinksPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_grid_links", **source(__file__, words=captions.GRID_LINKS))


def grid_links(data: GridLinksPacket, *, key: str) -> None:
    """Draws `cnnviz.topics.pooling.upsampling_figures.links`."""
    _component(key=key, data=pack({"key": key, "meta": data["meta"]}, **data["blobs"]), height="content")
