"""Gradient norms by layer, one small chart a training, all on one scale: the step is scrubbed or played here."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures.gradient_norms import LayerNormsPacket
from cnnviz.figures.packets import digest
from pages.shared.components import captions, pack, source

_component = st.components.v2.component("cnnviz_layer_norms", **source(__file__, words=captions.LAYER_NORMS))


def layer_norms(data: LayerNormsPacket, *, key: str) -> None:
    """Draws `figures.gradient_norms.packet`."""
    _component(key=key, data=pack({**data, "key": key, "digest": digest(data)}), height="content")
