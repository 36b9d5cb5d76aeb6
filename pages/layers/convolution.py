"""Convolution: the kernel slides over numbers or a picture; every setting, and what it costs."""

import streamlit as st

from pages.shared import view
from pages.shared.convolution import steps

PARTS = {
    "steps": ("Step by step", steps.show),
}

st.title("How does one small kernel make a whole map?")
st.markdown(
    "A kernel slides over its input; at each step it is multiplied with the cells under it, and the products are added "
    "up to one cell of the output. The same few weights are used at every place."
)
part = st.segmented_control(
    "Part", list(PARTS), format_func=lambda name: PARTS[name][0], default="steps", required=True,
    key="convolution.part", bind="query-params", label_visibility="collapsed",
)  # fmt: skip
PARTS[part or "steps"][1]()
view.publish()
