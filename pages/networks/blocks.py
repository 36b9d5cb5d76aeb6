"""Blocks: what networks are built of, opened on the picture at hand."""

import streamlit as st

from pages.shared import view
from pages.shared.blocks import dense_part, inception_part, mobile_part, residual_part, unit_part, vgg_part

PARTS = {
    "Unit": unit_part.show,
    "VGG": vgg_part.show,
    "Inception": inception_part.show,
    "Residual": residual_part.show,
    "Dense": dense_part.show,
    "Mobile": mobile_part.show,
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
view.publish()
