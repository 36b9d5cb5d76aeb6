"""A network from one's own Python module, named when the app is started."""

from __future__ import annotations

import streamlit as st

from cnnviz.models.own_networks import OWN
from cnnviz.plain_text import escaped
from pages.shared import url_state

EXAMPLE = """# my_nets.py
from torch import nn


def tiny():
    convolution = nn.Conv2d(3, 8, kernel_size=3, padding=1)
    return nn.Sequential(convolution, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5))"""
START = "streamlit run app.py -- --model my_nets:tiny --weights tiny.safetensors"


def show() -> None:
    st.markdown(
        "A function that takes nothing and returns an `nn.Module` (or the module and a `cnnviz` Spec with its input "
        "shape, mean, std and classes). Name it when you start the app, in the folder that holds it:"
    )
    st.code(START, language="bash")
    st.code(EXAMPLE, language="python")
    st.caption("Its module is imported, that is: run. Name only code that you trust. `--weights` may be left out.")
    if not OWN:
        st.info("This app was started without `--model`.", icon=":material/info:")
        return
    for place, entry in OWN.items():
        spec = entry.spec()
        st.markdown(f"**{escaped(place)}**: pictures of `{list(spec.input_shape)}`, {len(spec.classes)} classes")
        for note in spec.notes:
            st.caption(note)
        st.button(
            f"Open {escaped(spec.title)} in Explore", key=f"own_model.module.{place}", on_click=_open, args=(place,)
        )


def _open(place: str) -> None:
    url_state.change(network=place)
    st.session_state["own_model.go"] = True
