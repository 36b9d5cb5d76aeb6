"""A real map before and after any activation function, with the slope that each cell has: swapped in the browser."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.activations import captions
from cnnviz.topics.activations.map_figures import ActivationMapPacket
from pages.layers.activations.components.activation_common import source_with
from pages.shared.components import pack

_component = st.components.v2.component("cnnviz_activation_map", **source_with(__file__, words=captions.ACTIVATION_MAP))


def activation_map(data: ActivationMapPacket, *, key: str) -> None:
    """Draws `topics.activations.figures.map_effects`."""
    header = {name: part for name, part in data.items() if name != "values"}
    _component(key=key, data=pack({"key": key, **header}, values=data["values"]), height="content")
