"""A neuron at many learning rates: the rate and the step are scrubbed, the ReLU dies, the leaky ReLU does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.layers.activations.components.activation_common import source_with
from pages.shared.components import pack

_component = st.components.v2.component("cnnviz_dying_neuron", **source_with(__file__))


def dying_neuron(data: Mapping[str, Any], *, key: str) -> None:
    """Draws `topics.activations.path_figures.deaths`."""
    blobs = {name: part for name, part in data.items() if isinstance(part, bytes)}
    header = {name: part for name, part in data.items() if name not in blobs}
    _component(key=key, data=pack({"key": key, **header}, **blobs), height="content")
