"""A image and what a kernel makes of it: point at a pixel and read the patch, the weights, the products, the sum.

The grids and the terms are the sliding window's own, on the patch around the pixel that is pointed at.
"""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.convolution.filter_figures import FilterLensPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_filter_lens", **source(__file__))


def filter_lens(data: FilterLensPacket, *, key: str) -> None:
    """Draws `cnnviz.topics.convolution.filter_figures.lens_data`; pointing and pinning stay in the browser."""
    _component(key=key, data=pack({"key": key, "meta": data["meta"]}, **data["blobs"]), height="content")
