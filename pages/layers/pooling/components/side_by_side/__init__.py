"""Images and maps of one scene side by side: point at a place in one and it is framed in all, with every value.

The element `.stage` has `data-painted` = the digest of what is drawn.
"""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.pooling import captions
from cnnviz.topics.pooling.side_by_side_figures import SideBySidePacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_side_by_side", **source(__file__, words=captions.SIDE_BY_SIDE))


def side_by_side(data: SideBySidePacket, *, key: str) -> None:
    """Draws `cnnviz.topics.pooling.side_by_side_figures.data`."""
    _component(key=key, data=pack({"key": key, "meta": data["meta"]}, **data["blobs"]), height="content")
