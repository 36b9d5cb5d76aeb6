"""Pooling and upsampling: what a window keeps, what is lost, whether it helps against shifts, and the way back."""

import streamlit as st

from pages.layers.pooling import loss, shifts, steps, upsampling
from pages.shared import url_state

PARTS = {"steps": "Step by step", "loss": "What is lost", "shifts": "Against shifts", "larger": "Larger again"}

st.title("What does pooling keep, and does it help against shifts?")
st.markdown(
    "Pooling makes one number of every window of a map and learns nothing. Here is each way of doing it, on numbers "
    "that you can type over; what it loses of a picture; whether it lets a network ignore a shift; and the way back."
)
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
