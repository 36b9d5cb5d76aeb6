"""LeNet then and now: what ReLU and max pooling changed, the paper's own network, and both choices on an image."""

import streamlit as st

from cnnviz.topics.lenet_then_and_now import captions
from pages.learn.lenet_then_and_now import answer, paper, picture
from pages.shared import url_state

PARTS = {
    "The experiment": answer.show,
    "The paper's network": paper.show,
    "On your image": picture.show,
}
FIRST = "The experiment"

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
part = st.segmented_control(
    "Part", list(PARTS), default=FIRST, required=True, key="lenet.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
