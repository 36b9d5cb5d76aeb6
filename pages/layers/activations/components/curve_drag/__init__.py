"""Activation functions and their derivatives over each other: x is dragged, and everything at x follows."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.activations import captions
from cnnviz.topics.activations.figures import CurveDragPacket
from pages.layers.activations.components.activation_common import source_with
from pages.shared.components import pack

_component = st.components.v2.component("cnnviz_curve_drag", **source_with(__file__, words=captions.CURVE_DRAG))


def curve_drag(data: CurveDragPacket, *, key: str) -> None:
    """Draws `topics.activations.figures.curves`."""
    _component(key=key, data=pack({"key": key, **data}), height="content")
