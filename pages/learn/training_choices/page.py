"""Training choices: order of the pictures, batch size, augmentation, optimiser; each a race of equal networks."""

import streamlit as st

from pages.learn.training_choices import augmentation, batch, optimizer, order
from pages.shared import url_state

PARTS = {
    "Order": order.show,
    "Batch size": batch.show,
    "Augmentation": augmentation.show,
    "Optimisers": optimizer.show,
}
FIRST = "Order"

st.title("What do order, batch size, augmentation and optimiser change?")
st.markdown(
    "One network, the same first weights and the same pictures: in each part a single choice of training differs. The "
    "curves race, and the verdict is computed from the results."
)
part = st.segmented_control(
    "Part", list(PARTS), default=FIRST, required=True, key="choices.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
