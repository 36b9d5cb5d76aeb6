"""A batch normalised step by step: hover a value and see whose mean it shares and every formula with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_norm_steps", **source(__file__))


def norm_steps(data: Mapping[str, Any], *, key: str) -> None:
    """Draws `figures.steps`."""
    _component(key=key, data=pack(data), height="content")
