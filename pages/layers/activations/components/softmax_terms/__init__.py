"""Softmax with a temperature, term by term; what belongs to one logit lights up together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.layers.activations.components.activation_common import source_with
from pages.shared.components import pack

_component = st.components.v2.component("cnnviz_softmax_terms", **source_with(__file__))


def softmax_terms(data: Mapping[str, Any], *, key: str) -> None:
    """Draws `topics.activations.figures.softmax_terms`."""
    header = {name: part for name, part in data.items() if name != "rest"}
    _component(key=key, data=pack({"key": key, **header}, rest=data["rest"]), height="content")
