"""Gradients and depth: how large the gradient is in each layer of a deep stack, measured by one backward pass."""

import streamlit as st

from cnnviz.topics.gradients import captions
from pages.layers.gradients import sections
from pages.shared import url_state

st.title(captions.TITLE)
sections.show()
url_state.publish()
