"""Degradation and residuals: plain and residual networks of 20 and 56 layers, and what a shortcut does."""

import streamlit as st

from cnnviz.topics.degradation import captions
from pages.learn.degradation import answer, blocks, gradients, picture, shortcuts
from pages.shared import page_parts, url_state

PARTS = {
    "The experiment": answer.show,
    "Gradients": gradients.show,
    "Blocks": blocks.show,
    "Shortcuts": shortcuts.show,
    "Your image": picture.show,
}

st.title(captions.TITLE)
part = page_parts.choose("degradation.part", {name: name for name in PARTS}, captions.SAID)
PARTS[part]()
url_state.publish()
