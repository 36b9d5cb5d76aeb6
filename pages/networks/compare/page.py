"""Compare networks: accuracy against cost, one's own limits, two side by side, and the line from LeNet on."""

import streamlit as st

from cnnviz.topics.compare import captions
from pages.networks.compare import chart, choice, line, pair
from pages.shared import page_parts, url_state

PARTS = {
    captions.WHICH_ONE: choice.show,
    captions.ALL_OF_THEM: chart.show,
    captions.SIDE_BY_SIDE: pair.show,
    captions.LENET_TO_MOBILENET: line.show,
}

st.title(captions.TITLE)
part = page_parts.choose("compare.part", {name: name for name in PARTS}, captions.SAID)
PARTS[part]()
url_state.publish()
