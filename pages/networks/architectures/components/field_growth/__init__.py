"""The receptive field growing with depth: its box on the image, scrubbed layer by layer in the browser."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.architectures import component_captions
from cnnviz.topics.architectures.field_growth_figures import FieldGrowthPacket
from pages.shared.components import pack, source

_component = st.components.v2.component(
    "cnnviz_field_growth", **source(__file__, words=component_captions.FIELD_GROWTH)
)


def field_growth(header: FieldGrowthPacket, picture: bytes, *, key: str) -> None:
    """Draws what `topics.architectures.field_growth_figures.packet` made, on a PNG of the input image."""
    _component(key=key, data=pack(header, picture=picture), height="content")
