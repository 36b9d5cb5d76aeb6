"""Which values BatchNorm, LayerNorm, InstanceNorm and GroupNorm average together: hover one and see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_norm_axes", **source(__file__))


def norm_axes(data: Mapping[str, Any], *, key: str) -> None:
    """Draws `figures.axes`."""
    _component(key=key, data=pack(data), height="content")
