"""Gradient norms through depth on log scales, with the distributions below: hover and scrub in the browser."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures.packets import digest
from cnnviz.topics.gradients import captions
from cnnviz.topics.gradients.figures import DepthCurvesPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_depth_curves", **source(__file__, words=captions.DEPTH_CURVES))


def depth_curves(header: DepthCurvesPacket, blob: bytes, *, key: str) -> None:
    """header and blob: `figures.packet`. Several frames get a slider over the steps of training."""
    sealed = {**header, "key": key, "digest": digest(header, blob)}
    _component(key=key, data=pack(sealed, bars=blob), height="content")
