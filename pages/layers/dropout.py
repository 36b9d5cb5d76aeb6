"""Dropout: the mask and its two conventions, what it does on average, inside a network and to a prediction."""

import streamlit as st

from pages.shared import view
from pages.shared.dropout import mask_part, means_part, network_part, prediction_part, sharing_part

PARTS = {
    "The mask": mask_part.show,
    "Many masks": means_part.show,
    "In a network": network_part.show,
    "The prediction": prediction_part.show,
    "Two masks": sharing_part.show,
}
FIRST = "The mask"

st.title("What happens to a network whose units are switched off at random?")
st.markdown(
    "While a network trains, dropout sets each unit to zero with probability p; when it is tested, every unit works. "
    "Here is the mask on numbers you can change, what it does on average, and what it does to a trained network."
)
part = st.segmented_control(
    "Part", list(PARTS), default=FIRST, required=True, key="dropout.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
view.publish()
