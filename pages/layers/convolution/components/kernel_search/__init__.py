"""Nine weights beside two maps: drag or type them, or let gradient descent move them, until both maps are one.

Maps, loss and slopes are computed in the browser, from the image and the bowl that the loss is (`gram`), so that a
drag is answered within a frame. The element `.said` says the loss; `.stage` has `data-painted` = the digest of what
is drawn.
"""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.convolution import search_captions
from cnnviz.topics.convolution.search_figures import KernelSearchPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_kernel_search", **source(__file__, words=search_captions.WORDS))


def kernel_search(data: KernelSearchPacket, *, key: str) -> None:
    """Draws `cnnviz.topics.convolution.search_figures.search_data`; weights and steps stay in the browser."""
    _component(key=key, data=pack({"key": key, "meta": data["meta"]}, **data["blobs"]), height="content")
