"""Shifted digits: two networks of one size on digits that have moved, ten of them, and one's own at every place."""

import streamlit as st

from cnnviz.topics.shifted_pictures import captions
from pages.learn.shifted_pictures import answer, digit, ten
from pages.shared import page_parts, url_state

PARTS = {"The experiment": answer.show, "Ten digits": ten.show, "Your digit": digit.show}

st.title(captions.TITLE)
part = page_parts.choose("shifted.part", {name: name for name in PARTS}, captions.SAID)
PARTS[part]()
url_state.publish()
