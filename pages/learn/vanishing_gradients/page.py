"""Vanishing gradients: how much of the gradient each layer gets while LeNet-5 and a deep plain CNN train."""

import streamlit as st

from cnnviz.topics.vanishing_gradients import captions
from pages.learn.vanishing_gradients import deep, lenet
from pages.shared import page_parts, url_state

PARTS = {"LeNet-5": lenet.show, "Sixteen convolutions": deep.show}

st.title(captions.TITLE)
part = page_parts.choose("vanishing.part", {name: name for name in PARTS}, captions.SAID)
PARTS[part]()
url_state.publish()
