"""Permuted pixels: the course's experiment, how much order it takes, the networks' insides, one's own digit."""

import streamlit as st

from cnnviz.topics.permuted_pixels import captions
from pages.learn.permuted_pixels import answer, digit, inside, order, pictures
from pages.shared import page_parts, url_state

PARTS = {
    "The experiment": answer.show,
    "The images": pictures.show,
    "How much order": order.show,
    "Inside": inside.show,
    "Your digit": digit.show,
}

st.title(captions.TITLE)
part = page_parts.choose("permuted.part", {name: name for name in PARTS}, captions.SAID)
PARTS[part]()
url_state.publish()
