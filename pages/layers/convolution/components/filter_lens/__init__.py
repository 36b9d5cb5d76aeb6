"""A image and what a kernel makes of it: point at a pixel and read the patch, the weights, the products, the sum.

The grids and the terms are the sliding window's own, on the patch around the pixel that is pointed at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_filter_lens", **source(__file__))


def filter_lens(data: Mapping[str, Any], *, key: str) -> None:
    """Draws `cnnviz.topics.convolution.filter_figures.lens_data`; pointing and pinning stay in the browser."""
    blobs = {name: value for name, value in data.items() if name != "meta"}
    _component(key=key, data=pack({"key": key, "meta": data["meta"]}, **blobs), height="content")
