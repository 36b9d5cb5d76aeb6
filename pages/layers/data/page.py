"""Data and batches: what a network is given, image by image and batch by batch."""

import streamlit as st

from cnnviz.topics.data import captions
from pages.layers.data import sections
from pages.shared import url_state

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
sections.show()
url_state.publish()
