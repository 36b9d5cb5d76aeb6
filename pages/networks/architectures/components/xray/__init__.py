"""Where a network's parameters, work, memory and time lie: aligned bars, one row a block, opened on click."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_xray", **source(__file__))


def xray(header: Mapping[str, Any], *, key: str) -> None:
    """Draws what `topics.architectures.cost_breakdown_figures.bars` made."""
    _component(key=key, data=pack(header), height="content")
