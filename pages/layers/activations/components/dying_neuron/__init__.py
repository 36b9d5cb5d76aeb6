"""A neuron at many learning rates: the rate and the step are scrubbed, the ReLU dies, the leaky ReLU does not."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.activations import captions
from cnnviz.topics.activations.path_figures import DyingNeuronPacket
from pages.layers.activations.components.activation_common import source_with
from pages.shared.components import pack

_component = st.components.v2.component("cnnviz_dying_neuron", **source_with(__file__, words=captions.DYING_NEURON))


def dying_neuron(data: DyingNeuronPacket, *, key: str) -> None:
    """Draws `topics.activations.path_figures.deaths`."""
    _component(key=key, data=pack({"key": key, "meta": data["meta"]}, **data["blobs"]), height="content")
