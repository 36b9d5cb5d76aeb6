"""Softmax with a temperature, term by term; what belongs to one logit lights up together."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.activations import captions
from cnnviz.topics.activations.figures import SoftmaxTermsPacket
from pages.layers.activations.components.activation_common import source_with
from pages.shared.components import pack

_component = st.components.v2.component("cnnviz_softmax_terms", **source_with(__file__, words=captions.SOFTMAX_TERMS))


def softmax_terms(data: SoftmaxTermsPacket, *, key: str) -> None:
    """Draws `topics.activations.figures.softmax_terms`."""
    header = {name: part for name, part in data.items() if name != "rest"}
    _component(key=key, data=pack({"key": key, **header}, rest=data["rest"]), height="content")
