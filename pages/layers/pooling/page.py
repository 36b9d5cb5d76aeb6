"""Pooling and upsampling: what a window keeps, what is lost, whether it helps against shifts, and upsampling."""

import streamlit as st

from cnnviz.topics.pooling import captions
from pages.layers.pooling import loss, shifts, steps, upsampling
from pages.shared import page_parts, url_state

PARTS = {"steps": "Step by step", "loss": "What is lost", "shifts": "Against shifts", "larger": "Upsampling"}

st.title(captions.TITLE)
part = page_parts.choose("pooling.part", PARTS, captions.SAID)
if part == "steps":
    steps.show()
elif part == "loss":
    loss.show()
elif part == "shifts":
    shifts.show()
else:
    upsampling.show()
url_state.publish()
