"""Dropout: the mask and its two conventions, what it does on average, inside a network and to a prediction."""

import streamlit as st

from cnnviz.topics.dropout import captions
from pages.layers.dropout import mask, means, network, prediction, sharing
from pages.shared import page_parts, url_state

PARTS = {
    "The mask": mask.show,
    "Many masks": means.show,
    "In a network": network.show,
    "The prediction": prediction.show,
    "Two masks": sharing.show,
}

st.title(captions.TITLE)
part = page_parts.choose("dropout.part", {name: name for name in PARTS}, captions.SAID)
PARTS[part]()
url_state.publish()
