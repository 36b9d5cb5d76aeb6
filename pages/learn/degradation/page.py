"""Degradation and residuals: plain and residual networks of 20 and 56 layers, and what a shortcut does."""

import streamlit as st

from cnnviz.topics.degradation import captions
from pages.learn.degradation import answer, blocks, gradients, picture, shortcuts
from pages.shared import url_state

PARTS = {
    "The experiment": answer.show,
    "Gradients": gradients.show,
    "Blocks": blocks.show,
    "Shortcuts": shortcuts.show,
    "Your image": picture.show,
}
FIRST = "The experiment"

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
part = st.segmented_control(
    "Part", list(PARTS), default=FIRST, required=True, key="degradation.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
