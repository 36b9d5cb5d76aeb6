"""Ten digits moved by one amount on a slider, and what each network reads; answered in the browser.

The element `.stage` has `data-painted` = the digest of what is drawn, and `data-amount` = the pixels that are shown.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from cnnviz.topics.shifted_pictures.figures import MovedTenPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_moved_ten", **source(__file__))


def moved_ten(header: MovedTenPacket, blobs: Mapping[str, bytes], *, key: str) -> None:
    """Draws `cnnviz.topics.shifted_pictures.figures.moved_ten`."""
    _component(key=key, data=pack({**header, "key": key}, **blobs), height="content")
