"""Permuted pixels: the course's experiment, how much order it takes, the networks' insides, one's own digit."""

import streamlit as st

from cnnviz.topics.permuted_pixels import captions
from pages.learn.permuted_pixels import answer, digit, inside, order, pictures
from pages.shared import url_state

PARTS = {
    "The experiment": answer.show,
    "The images": pictures.show,
    "How much order": order.show,
    "Inside": inside.show,
    "Your digit": digit.show,
}
FIRST = "The experiment"

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
part = st.segmented_control(
    "Part", list(PARTS), default=FIRST, required=True, key="permuted.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
