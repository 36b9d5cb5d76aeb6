"""Compare networks: accuracy against cost, one's own limits, two side by side, and the line from LeNet on."""

import streamlit as st

from pages.networks.compare import chart, choice, line, pair
from pages.shared import url_state

PARTS = {
    "Which one?": choice.show,
    "All of them": chart.show,
    "Side by side": pair.show,
    "LeNet to MobileNet": line.show,
}
FIRST = "Which one?"

st.title("Which network should I choose?")
st.markdown(
    "Every network buys its accuracy with parameters, work and a file of some size, and some buy it dearly. "
    "Say what you can afford: which one is the most accurate within it, and what would a little more bring?"
)
part = st.segmented_control(
    "Part", list(PARTS), default=FIRST, required=True, key="compare.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
