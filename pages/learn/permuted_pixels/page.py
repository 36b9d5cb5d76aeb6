"""Permuted pixels: the course's experiment, how much order it takes, the networks' insides, one's own digit."""

import streamlit as st

from pages.learn.permuted_pixels import answer, digit, inside, order, pictures
from pages.shared import url_state

PARTS = {
    "The experiment": answer.show,
    "The pictures": pictures.show,
    "How much order": order.show,
    "Inside": inside.show,
    "Your digit": digit.show,
}
FIRST = "The experiment"

st.title("Does a CNN still win when every picture's pixels are shuffled alike?")
st.markdown(
    "Two networks of the same size learn MNIST twice: as it is, and with all pixels moved by one fixed permutation. "
    "The fully connected one never knew which pixels are neighbours; the convolutional one is built on it."
)
part = st.segmented_control(
    "Part", list(PARTS), default=FIRST, required=True, key="permuted.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
