"""Where a network's parameters, work, memory and time lie: aligned bars, one row a block, opened on click."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.architectures import component_captions
from cnnviz.topics.architectures.cost_breakdown_figures import CostBreakdownPacket
from pages.shared.components import pack, source

_component = st.components.v2.component(
    "cnnviz_cost_breakdown", **source(__file__, words=component_captions.COST_BREAKDOWN)
)


def cost_breakdown(header: CostBreakdownPacket, *, key: str) -> None:
    """Draws what `topics.architectures.cost_breakdown_figures.bars` made."""
    _component(key=key, data=pack(header), height="content")
