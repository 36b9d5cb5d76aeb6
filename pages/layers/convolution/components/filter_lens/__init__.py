"""A image and what a kernel makes of it: point at a pixel and read the patch, the weights, the products, the sum.

The grids and the terms are the sliding window's own, on the patch around the pixel that is pointed at.
"""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.convolution import board_captions
from cnnviz.topics.convolution.filter_figures import FilterLensPacket
from pages.shared.components import captions, pack, source

SENTENCES = {**captions.WINDOW, **board_captions.FILTER_LENS}
_component = st.components.v2.component("cnnviz_filter_lens", **source(__file__, words=SENTENCES))


def filter_lens(data: FilterLensPacket, *, key: str) -> None:
    """Draws `cnnviz.topics.convolution.filter_figures.lens_data`; pointing and pinning stay in the browser."""
    _component(key=key, data=pack({"key": key, "meta": data["meta"]}, **data["blobs"]), height="content")
