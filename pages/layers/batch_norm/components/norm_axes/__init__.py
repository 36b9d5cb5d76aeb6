"""Which values BatchNorm, LayerNorm, InstanceNorm and GroupNorm average together: hover one and see."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.batch_norm import captions
from cnnviz.topics.batch_norm.figures import NormAxesPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_norm_axes", **source(__file__, words=captions.NORM_AXES))


def norm_axes(data: NormAxesPacket, *, key: str) -> None:
    """Draws `figures.axes`."""
    _component(key=key, data=pack(data), height="content")
