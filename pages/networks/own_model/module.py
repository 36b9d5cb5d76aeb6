"""A network from one's own Python module, named when the app is started."""

from __future__ import annotations

import streamlit as st

from cnnviz.models.own_networks import OWN
from cnnviz.topics.own_model import captions
from pages.shared import url_state

EXAMPLE = """# my_nets.py
from torch import nn


def tiny():
    convolution = nn.Conv2d(3, 8, kernel_size=3, padding=1)
    return nn.Sequential(convolution, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5))"""
START = "streamlit run app.py -- --model my_nets:tiny --weights tiny.safetensors"


def show() -> None:
    """Draw how a module of one's own is opened."""
    st.markdown(captions.HOW_TO_NAME_IT)
    st.code(START, language="bash")
    st.code(EXAMPLE, language="python")
    st.caption(captions.ONLY_TRUSTED)
    if not OWN:
        st.info(captions.NO_MODULE, icon=":material/info:")
        return
    for place, entry in OWN.items():
        spec = entry.spec()
        st.markdown(captions.module(place, spec.input_shape, len(spec.classes)))
        for note in spec.notes:
            st.caption(note)
        st.button(captions.open_module(spec.title), key=f"own_model.module.{place}", on_click=_open, args=(place,))


def _open(place: str) -> None:
    url_state.change(network=place)
    st.session_state["own_model.go"] = True
