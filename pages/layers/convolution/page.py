"""Convolution: the kernel slides over numbers or an image; every setting, and what it costs."""

import streamlit as st

from cnnviz.topics.convolution import captions
from pages.layers.convolution import filters, pointwise, search, sharing, stacks, steps
from pages.shared import url_state

PARTS = {
    "Step by step": steps.show,
    "On your image": filters.show,
    "Learn a kernel": search.show,
    "Weight sharing": sharing.show,
    "1 × 1 is linear": pointwise.show,
    "Small kernels stacked": stacks.show,
}

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
left, right = st.columns([3, 2], gap="medium")
with left:
    part = st.segmented_control(
        "Part", list(PARTS), default=next(iter(PARTS)), required=True, key="convolution.part", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
if part == next(iter(PARTS)):
    with right:
        steps.source()
PARTS[part or next(iter(PARTS))]()
url_state.publish()
