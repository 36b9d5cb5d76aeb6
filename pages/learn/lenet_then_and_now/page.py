"""LeNet then and now: what ReLU and max pooling changed, the paper's own network, and both choices on an image."""

import streamlit as st

from cnnviz.topics.lenet_then_and_now import captions
from pages.learn.lenet_then_and_now import answer, paper, picture
from pages.shared import page_parts, url_state

PARTS = {
    "The experiment": answer.show,
    "The paper's network": paper.show,
    "On your image": picture.show,
}

st.title(captions.TITLE)
part = page_parts.choose("lenet.part", {name: name for name in PARTS}, captions.SAID)
PARTS[part]()
url_state.publish()
