"""Vanishing gradients: how much of the gradient each layer gets while LeNet-5 and a deep plain CNN train."""

import streamlit as st

from cnnviz.topics.vanishing_gradients import captions
from pages.learn.vanishing_gradients import deep, lenet
from pages.shared import url_state

PARTS = {"LeNet-5": lenet.show, "Sixteen convolutions": deep.show}
FIRST = "LeNet-5"

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
part = st.segmented_control(
    "Part", list(PARTS), default=FIRST, required=True, key="vanishing.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
