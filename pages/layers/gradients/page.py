"""Gradients and depth: how strongly each layer of a deep stack is pulled, measured by one backward pass."""

import streamlit as st

from pages.layers.gradients import sections
from pages.shared import url_state

st.title("How much of the gradient reaches the first layer?")
st.markdown(
    "On its way back from the loss, the gradient is multiplied by every layer's weights and by every activation's "
    "slope. Choose a stack of layers: one real batch goes forward, its gradient goes back, and every layer is measured."
)
sections.show()
url_state.publish()
