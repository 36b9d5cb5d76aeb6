"""Blocks: what networks are built of, opened on the image at hand."""

import streamlit as st

from cnnviz.topics.blocks import captions
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
FIRST = "Residual"

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
part = st.segmented_control(
    "Block", list(PARTS), default=FIRST, required=True, key="blocks.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
