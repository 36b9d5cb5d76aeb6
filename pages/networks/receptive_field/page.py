"""Receptive field: which pixels a cell sees, how much they matter, which cells a pixel reaches; one's own stack."""

import streamlit as st

from pages.networks.receptive_field import network, stack
from pages.shared import url_state

PARTS = {"network": ("In a network", network.show), "stack": ("A stack of your own", stack.show)}

st.title("Which pixels does one number see?")
st.markdown(
    "Every layer looks a little further than the one before. Click a cell of a layer's map: the box is what it can see "
    "at all, the colour how much each pixel moves it; or point at the picture to see which cells a pixel reaches."
)
part = st.segmented_control(
    "Part", list(PARTS), format_func=lambda name: PARTS[name][0], default="network", required=True,
    key="receptive_field.part", bind="query-params", label_visibility="collapsed",
)  # fmt: skip
PARTS[part or "network"][1]()
url_state.publish()
