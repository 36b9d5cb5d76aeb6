"""Convolution: the kernel slides over numbers or a picture; every setting, and what it costs."""

import streamlit as st

from pages.layers.convolution import filters, pointwise, sharing, stacks, steps
from pages.shared import url_state

PARTS = {
    "Step by step": steps.show,
    "On your picture": filters.show,
    "Weight sharing": sharing.show,
    "1 × 1 is linear": pointwise.show,
    "Small kernels stacked": stacks.show,
}

st.title("How does one small kernel make a whole map?")
st.markdown(
    "A kernel slides over its input; at each step it is multiplied with the cells under it, and the products are added "
    "up to one cell of the output. The same few weights are used at every place."
)
part = st.segmented_control(
    "Part", list(PARTS), default=next(iter(PARTS)), required=True, key="convolution.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or next(iter(PARTS))]()
url_state.publish()
