"""Blocks: what networks are built of, opened on the picture at hand."""

import streamlit as st

from pages.networks.blocks import dense, inception, mobile, residual, unit, vgg
from pages.shared import url_state

PARTS = {
    "Unit": unit.show,
    "VGG": vgg.show,
    "Inception": inception.show,
    "Residual": residual.show,
    "Dense": dense.show,
    "Mobile": mobile.show,
}
FIRST = "Unit"

st.title("What is inside a block?")
st.markdown(
    "Since 2014 networks are built of blocks that repeat, each with one idea. Here every kind is taken out of a real "
    "network and opened on your picture: which maps it makes, what it costs, what is lost without it."
)
part = st.segmented_control(
    "Block", list(PARTS), default=FIRST, required=True, key="blocks.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
