"""Two masks over the same units: which units both keep, against what chance expects; p is scrubbed in the browser."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.dropout import captions
from cnnviz.topics.dropout.figures import DropoutPairPacket
from pages.layers.dropout.components.dropout_mask import related
from pages.shared.components import pack

_component = st.components.v2.component("cnnviz_dropout_pair", **related(__file__, words=captions.DROPOUT_PAIR))


def dropout_pair(data: DropoutPairPacket, *, key: str) -> None:
    """Draws `topics.dropout.figures.pair_data`."""
    _component(
        key=key, data=pack({"key": key, **data["meta"]}, first=data["first"], second=data["second"]), height="content"
    )
