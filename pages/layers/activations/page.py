"""Activations: what each function does to a number, to a map, to a prediction, and to the way a neuron learns."""

import streamlit as st

from cnnviz.topics.activations import captions
from pages.layers.activations import curves, dying, map, softmax, swap, zigzag
from pages.shared import url_state

PARTS = {
    "curves": ("Curves", curves.show),
    "softmax": ("Softmax", softmax.show),
    "map": ("On a real map", map.show),
    "swap": ("Swapped in a network", swap.show),
    "zigzag": ("Zig-zag", zigzag.show),
    "dying": ("Dying ReLU", dying.show),
}

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
part = st.segmented_control(
    "Part", list(PARTS), format_func=lambda name: PARTS[name][0], default="curves", required=True,
    key="activations.part", bind="query-params", label_visibility="collapsed",
)  # fmt: skip
PARTS[part or "curves"][1]()
url_state.publish()
