"""A map of the images: where every layer of a network puts many images, and whether the classes part on the way."""

import streamlit as st

from cnnviz.topics.image_map import captions
from pages.shared import url_state
from pages.why.image_map import board

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
board.show()
url_state.publish()
