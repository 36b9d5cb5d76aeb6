"""Data and batches: what a network is given, picture by picture and batch by batch."""

import streamlit as st

from pages.layers.data import sections
from pages.shared import url_state

st.title("What does a network get to see, and in which order?")
st.markdown(
    "A data set is two tables of numbers: pictures and their labels. Here they are, as stored and as the network gets "
    "them: transformed, normalised, shuffled, and cut into batches."
)
sections.show()
url_state.publish()
