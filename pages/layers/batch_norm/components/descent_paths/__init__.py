"""Gradient descent on two bowls, before and after normalising the features: learning rate and steps scrubbed."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.batch_norm import captions
from cnnviz.topics.batch_norm.charts import DescentPathsPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_descent_paths", **source(__file__, words=captions.DESCENT_PATHS))


def descent_paths(data: DescentPathsPacket, *, key: str) -> None:
    """Draws `topics.batch_norm.charts.descent`."""
    _component(key=key, data=pack(data), height="content")
