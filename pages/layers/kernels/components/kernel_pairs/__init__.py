"""How alike a layer's kernels are: a map to point at, a threshold to move, and the pairs beyond it side by side."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.kernels.packets import KernelPairsPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_kernel_pairs", **source(__file__))


def kernel_pairs(packet: KernelPairsPacket, *, key: str) -> None:
    """Draws `topics.kernels.figures.of_pairs`."""
    _component(key=key, data=pack({"key": key, "meta": packet["meta"]}, **packet["blobs"]), height="content")
