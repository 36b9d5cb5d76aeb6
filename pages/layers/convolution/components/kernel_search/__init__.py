"""Nine weights beside two maps: drag or type them, or let gradient descent move them, until both maps are one.

Maps, loss and slopes are computed in the browser, from the image and the bowl that the loss is (`gram`), so that a
drag is answered within a frame; what was let go of comes back to Python, for the link. The
element `.said` says the loss; `.stage` has `data-painted` = the digest of what is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from cnnviz.topics.convolution import search_captions
from cnnviz.topics.convolution.search_figures import KernelSearchPacket
from cnnviz.topics.convolution.search_link import SearchPlace
from pages.shared import messages
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_kernel_search", **source(__file__, words=search_captions.WORDS))


def kernel_search(data: KernelSearchPacket, begun: SearchPlace, *, key: str) -> Mapping[str, object] | None:
    """Draws `cnnviz.topics.convolution.search_figures.search_data` from begun on; returns where it stands, if moved."""
    header = {"key": key, "meta": data["meta"], "begun": begun}
    _component(key=key, data=pack(header, **data["blobs"]), on_place_change=lambda: None, height="content")
    return messages.heard(key, "place", dict[str, object])
