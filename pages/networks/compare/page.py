"""Compare networks: accuracy against cost, one's own limits, two side by side, and the line from LeNet on."""

import streamlit as st

from cnnviz.topics.compare import captions
from pages.networks.compare import chart, choice, line, pair
from pages.shared import url_state

PARTS = {
    captions.WHICH_ONE: choice.show,
    captions.ALL_OF_THEM: chart.show,
    captions.SIDE_BY_SIDE: pair.show,
    captions.LENET_TO_MOBILENET: line.show,
}
FIRST = captions.WHICH_ONE

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
part = st.segmented_control(
    "Part", list(PARTS), default=FIRST, required=True, key="compare.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
