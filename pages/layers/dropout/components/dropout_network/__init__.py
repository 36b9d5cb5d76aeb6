"""A layer of a trained network with and without a mask, and what follows it; p is scrubbed over what was computed."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.dropout import captions
from cnnviz.topics.dropout.figures import DropoutNetworkPacket
from pages.layers.dropout.components.dropout_mask import related
from pages.shared.components import pack

_component = st.components.v2.component("cnnviz_dropout_network", **related(__file__, words=captions.DROPOUT_NETWORK))


def dropout_network(data: DropoutNetworkPacket, *, key: str) -> None:
    """Draws `topics.dropout.figures.network_data`: both layers, the difference, and the leading classes, at each p."""
    drawn = pack(
        {"name": key, **data["meta"]},
        values=data["values"],
        uniform=data["uniform"],
        following=data["following"],
        masked=data["masked"],
    )
    _component(key=key, data=drawn, height="content")
