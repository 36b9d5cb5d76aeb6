"""Shifted pictures: two networks of one size on digits that have moved, ten of them, and one's own at every place."""

import streamlit as st

from cnnviz.topics.shifted_pictures import captions
from pages.learn.shifted_pictures import answer, digit, ten
from pages.shared import url_state

PARTS = {"The experiment": answer.show, "Ten digits": ten.show, "Your digit": digit.show}
FIRST = "The experiment"

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
part = st.segmented_control(
    "Part", list(PARTS), default=FIRST, required=True, key="shifted.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
