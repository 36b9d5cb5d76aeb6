"""Permuted pixels: the course's experiment, how much order it takes, the networks' insides, one's own digit."""

import streamlit as st

from pages.shared import view
from pages.shared.permuted_pixels import answer_part, digit_part, inside_part, order_part, pictures_part

PARTS = {
    "The experiment": answer_part.show,
    "The pictures": pictures_part.show,
    "How much order": order_part.show,
    "Inside": inside_part.show,
    "Your digit": digit_part.show,
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
view.publish()
