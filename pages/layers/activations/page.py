"""Activations: what each function does to a number, to a map, to a prediction, and to the way a neuron learns."""

import streamlit as st

from cnnviz.topics.activations import captions
from pages.layers.activations import curves, dying, map, softmax, swap, zigzag
from pages.shared import page_parts, url_state

PARTS = {
    "curves": ("Curves", curves.show),
    "softmax": ("Softmax", softmax.show),
    "map": ("On a real map", map.show),
    "swap": ("Swapped in a network", swap.show),
    "zigzag": ("Zig-zag", zigzag.show),
    "dying": ("Dying ReLU", dying.show),
}

st.title(captions.TITLE)
part = page_parts.choose("activations.part", {name: label for name, (label, _) in PARTS.items()}, captions.SAID)
PARTS[part][1]()
url_state.publish()
