"""Gradient descent on two bowls, before and after normalising the features: learning rate and steps scrubbed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_descent_paths", **source(__file__))


def descent_paths(data: Mapping[str, Any], *, key: str) -> None:
    """Draws `topics.batch_norm.charts.descent`."""
    _component(key=key, data=pack(data), height="content")
