"""Pooling and upsampling: what a window keeps, what is lost, whether it helps against shifts, and upsampling."""

import streamlit as st

from cnnviz.topics.pooling import captions
from pages.layers.pooling import loss, shifts, steps, upsampling
from pages.shared import url_state

PARTS = {"steps": "Step by step", "loss": "What is lost", "shifts": "Against shifts", "larger": "Upsampling"}

if st.query_params.get("pooling.part") == "Larger again":  # links that were copied under the part's former name
    st.query_params["pooling.part"] = PARTS["larger"]
st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
part = st.segmented_control(
    "Part", list(PARTS), format_func=PARTS.__getitem__, default="steps", required=True, key="pooling.part",
    bind="query-params", label_visibility="collapsed",
)  # fmt: skip
if part == "steps":
    steps.show()
elif part == "loss":
    loss.show()
elif part == "shifts":
    shifts.show()
else:
    upsampling.show()
url_state.publish()
