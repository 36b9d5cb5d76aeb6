"""The receptive field growing with depth: its box on the picture, scrubbed layer by layer in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_field_growth", **source(__file__))


def field_growth(header: Mapping[str, Any], picture: bytes, *, key: str) -> None:
    """Draws what `topics.architectures.field_growth_figures.packet` made, on a PNG of the input image."""
    _component(key=key, data=pack(header, picture=picture), height="content")
