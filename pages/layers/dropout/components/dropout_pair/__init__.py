"""Two masks over the same units: which units both keep, against what chance expects; p is scrubbed in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.layers.dropout.components.dropout_mask import related
from pages.shared.components import pack

_component = st.components.v2.component("cnnviz_dropout_pair", **related(__file__))


def dropout_pair(data: Mapping[str, Any], *, key: str) -> None:
    """Draws `topics.dropout.figures.pair_data`."""
    _component(
        key=key, data=pack({"key": key, **data["meta"]}, first=data["first"], second=data["second"]), height="content"
    )
