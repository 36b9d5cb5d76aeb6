"""Shifted pictures: two networks of one size on digits that have moved, ten of them, and one's own at every place."""

import streamlit as st

from pages.learn.shifted_pictures import answer, digit, ten
from pages.shared import url_state

PARTS = {"The experiment": answer.show, "Ten digits": ten.show, "Your digit": digit.show}
FIRST = "The experiment"

st.title("Which network still reads a digit that has moved?")
st.markdown(
    "A fully connected net has a weight of its own for every pixel; a CNN of the same size looks for the same things "
    "everywhere. Both learn MNIST's centred digits and are then tested on digits moved by a few pixels."
)
part = st.segmented_control(
    "Part", list(PARTS), default=FIRST, required=True, key="shifted.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
