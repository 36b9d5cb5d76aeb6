"""Convolution: the kernel slides over numbers or an image; every setting, and what it costs."""

import streamlit as st

from cnnviz.topics.convolution import captions
from pages.layers.convolution import filters, pointwise, search, sharing, stacks, steps
from pages.shared import page_parts, url_state

PARTS = {
    "Step by step": steps.show,
    "On your image": filters.show,
    "Learn a kernel": search.show,
    "Weight sharing": sharing.show,
    "1 × 1 is linear": pointwise.show,
    "Small kernels stacked": stacks.show,
}

st.title(captions.TITLE)
with st.container(horizontal=True, horizontal_alignment="distribute"):  # a column without anything is a gap on a phone
    with st.container(width="content"):
        part = page_parts.buttons("convolution.part", {name: name for name in PARTS})
    if part == next(iter(PARTS)):
        with st.container(width="content"):
            steps.source()
page_parts.say(part, captions.SAID)
PARTS[part]()
url_state.publish()
