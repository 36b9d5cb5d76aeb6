"""A image slid or turned through a network: frames, maps and curves move together in the browser.

The element `.stage` has `data-painted` = the digest of what is drawn, and `data-at` = the amount that is shown.
"""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.pooling import captions
from cnnviz.topics.pooling.shift_figures import ShiftLabPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_shift_lab", **source(__file__, words=captions.SHIFT_LAB))


def shift_lab(data: ShiftLabPacket, *, key: str) -> None:
    """Draws `cnnviz.topics.pooling.shift_figures.data`; what is moved, played and chosen stays in the browser."""
    _component(key=key, data=pack({"key": key, "meta": data["meta"]}, **data["blobs"]), height="content")
