"""How alike a layer's kernels are: a map to point at, a threshold to move, and the pairs beyond it side by side."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.kernels import component_captions
from cnnviz.topics.kernels.packets import KernelPairsPacket
from pages.shared.components import pack, source

_component = st.components.v2.component(
    "cnnviz_kernel_pairs", **source(__file__, words=component_captions.KERNEL_PAIRS)
)


def kernel_pairs(packet: KernelPairsPacket, *, key: str) -> None:
    """Draws `topics.kernels.figures.of_pairs`."""
    _component(key=key, data=pack({"key": key, "meta": packet["meta"]}, **packet["blobs"]), height="content")
