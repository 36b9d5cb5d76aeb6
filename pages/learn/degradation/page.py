"""Degradation and residuals: plain and residual networks of 20 and 56 layers, and what a shortcut does."""

import streamlit as st

from pages.learn.degradation import answer, blocks, gradients, picture, shortcuts
from pages.shared import url_state

PARTS = {
    "The experiment": answer.show,
    "Gradients": gradients.show,
    "Blocks": blocks.show,
    "Shortcuts": shortcuts.show,
    "Your picture": picture.show,
}
FIRST = "The experiment"

st.title("Is a deeper network worse even on its training pictures, and do shortcuts mend it?")
st.markdown(
    "A deeper network can do all that a shallower one can: its further layers need only pass on what they get. Stacked "
    "plainly it learns that badly; He et al. (2015) let each pair of layers add to what a shortcut carries past it."
)
part = st.segmented_control(
    "Part", list(PARTS), default=FIRST, required=True, key="degradation.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
