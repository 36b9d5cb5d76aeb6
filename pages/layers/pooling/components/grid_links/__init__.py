"""A grid of numbers and the larger grid made of it: point at a cell and see where it comes from, or where it goes.

The element `.stage` has `data-painted` = the digest of what is drawn; `.said` holds the sum of the cell pointed at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_grid_links", **source(__file__))


def grid_links(data: Mapping[str, Any], *, key: str) -> None:
    """Draws `cnnviz.topics.pooling.upsampling_figures.links`."""
    blobs = {name: value for name, value in data.items() if name != "meta"}
    _component(key=key, data=pack({"key": key, "meta": data["meta"]}, **blobs), height="content")
