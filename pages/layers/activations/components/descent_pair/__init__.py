"""Two paths of gradient descent over the plane of two weights, played and scrubbed together."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.activations import captions
from cnnviz.topics.activations.path_figures import DescentPairPacket
from pages.layers.activations.components.activation_common import source_with
from pages.shared.components import pack

_component = st.components.v2.component("cnnviz_descent_pair", **source_with(__file__, words=captions.DESCENT_PAIR))


def descent_pair(data: DescentPairPacket, *, key: str) -> None:
    """Draws `topics.activations.path_figures.descents`."""
    blobs = {name: part for name, part in data.items() if isinstance(part, bytes)}
    header = {name: part for name, part in data.items() if name not in blobs}
    _component(key=key, data=pack({"key": key, **header}, **blobs), height="content")
