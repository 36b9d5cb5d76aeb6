"""A run looked into: one slider for kernels, maps, scores, confusion, histograms and curve, all in the browser."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.training_lab import captions
from cnnviz.topics.training_lab.inside_packets import InsidePacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_inside_view", **source(__file__, words=captions.INSIDE_VIEW))


def inside_view(packet: InsidePacket, *, key: str) -> None:
    """Draws a packet of `topics.training_lab.inside_packets`; a live one has a single frame, which is replaced."""
    _component(key=key, data=pack({"key": key, "meta": packet["meta"]}, **packet["blobs"]), height="content")
