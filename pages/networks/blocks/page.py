"""Blocks: what networks are built of, opened on the image at hand."""

import streamlit as st

from cnnviz.topics.blocks import captions, part_captions
from pages.networks.blocks import dense, inception, mobile, residual, unit, vgg
from pages.shared import page_parts, url_state

PARTS = {
    "Unit": unit.show,
    "VGG": vgg.show,
    "Inception": inception.show,
    "Residual": residual.show,
    "Dense": dense.show,
    "Mobile": mobile.show,
}

st.title(captions.TITLE)
part = page_parts.choose("blocks.part", {name: name for name in PARTS}, part_captions.SAID)
PARTS[part]()
url_state.publish()
