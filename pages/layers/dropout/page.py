"""Dropout: the mask and its two conventions, what it does on average, inside a network and to a prediction."""

import streamlit as st

from cnnviz.topics.dropout import captions
from pages.layers.dropout import mask, means, network, prediction, sharing
from pages.shared import url_state

PARTS = {
    "The mask": mask.show,
    "Many masks": means.show,
    "In a network": network.show,
    "The prediction": prediction.show,
    "Two masks": sharing.show,
}
FIRST = "The mask"

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
part = st.segmented_control(
    "Part", list(PARTS), default=FIRST, required=True, key="dropout.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
