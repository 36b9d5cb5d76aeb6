"""Predictions under several conditions side by side, for one image or for versions that a slider goes through."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.batch_norm.charts import ComparedPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_compared", **source(__file__))


def compared(data: ComparedPacket, *, key: str, pictures: bytes = b"") -> None:
    """Draws `topics.batch_norm.charts.wrong_mode` or `.shifted`. pictures: the versions side by side, one PNG."""
    _component(key=key, data=pack(data, pictures=pictures), height="content")
