"""LeNet then and now: what ReLU and max pooling changed, the paper's own network, and both choices on a picture."""

import streamlit as st

from pages.learn.lenet_then_and_now import answer, paper, picture
from pages.shared import url_state

PARTS = {
    "The experiment": answer.show,
    "The paper's network": paper.show,
    "On your picture": picture.show,
}
FIRST = "The experiment"

st.title("What did ReLU and max pooling change in LeNet-5?")
st.markdown(
    "The network of 1998 squashed its maps and averaged over four cells; today it is built with ReLU and the largest "
    "of four. Here each change is made by itself and trained alike, with the paper's own network beside them."
)
part = st.segmented_control(
    "Part", list(PARTS), default=FIRST, required=True, key="lenet.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
