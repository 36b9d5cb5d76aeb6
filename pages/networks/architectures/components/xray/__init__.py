"""Where a network's parameters, work, memory and time lie: aligned bars, one row a block, opened on click."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.architectures.cost_breakdown_figures import XrayPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_xray", **source(__file__))


def xray(header: XrayPacket, *, key: str) -> None:
    """Draws what `topics.architectures.cost_breakdown_figures.bars` made."""
    _component(key=key, data=pack(header), height="content")
