"""Vanishing gradients: how much of the gradient each layer gets while LeNet-5 and a deep plain CNN train."""

import streamlit as st

from pages.learn.vanishing_gradients import deep, lenet
from pages.shared import url_state

PARTS = {"LeNet-5": lenet.show, "Sixteen convolutions": deep.show}
FIRST = "LeNet-5"

st.title("What happens to a gradient on its way back through many layers?")
st.markdown(
    "Every activation multiplies the gradient by its slope, and a sigmoid's is never above a quarter. Here networks "
    "train with sigmoid, tanh and ReLU, bare and with help, and every layer's gradient is measured along the way."
)
part = st.segmented_control(
    "Part", list(PARTS), default=FIRST, required=True, key="vanishing.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
