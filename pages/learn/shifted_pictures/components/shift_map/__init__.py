"""One digit moved by keys, by dragging or over a map of all places; two networks' answers follow in the browser.

The element `.stage` has `data-painted` = the digest of what is drawn, and `data-at` = "down,right" of what is shown.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from cnnviz.topics.shifted_pictures import captions
from cnnviz.topics.shifted_pictures.figures import ShiftMapPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_shift_map", **source(__file__, words=captions.SHIFT_MAP))


def shift_map(header: ShiftMapPacket, blobs: Mapping[str, bytes], *, key: str) -> None:
    """Draws `cnnviz.topics.shifted_pictures.figures.shift_map`."""
    _component(key=key, data=pack({**header, "key": key}, **blobs), height="content")
