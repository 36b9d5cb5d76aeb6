"""A layer of a trained network with and without a mask, and what follows it; p is scrubbed over what was computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.layers.dropout.components.dropout_mask import related
from pages.shared.components import pack

_component = st.components.v2.component("cnnviz_dropout_network", **related(__file__))


def dropout_network(data: Mapping[str, Any], *, key: str) -> None:
    """Draws `topics.dropout.figures.network_data`: both layers, the difference, and the leading classes, at each p."""
    blobs = {name: data[name] for name in ("values", "uniform", "following", "masked")}
    _component(key=key, data=pack({"name": key, **data["meta"]}, **blobs), height="content")
