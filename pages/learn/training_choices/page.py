"""Training choices: order of the images, batch size, augmentation, optimiser; each a race of equal networks."""

import streamlit as st

from cnnviz.topics.training_choices import captions
from pages.learn.training_choices import augmentation, batch, optimizer, order
from pages.shared import url_state

PARTS = {
    "Order": order.show,
    "Batch size": batch.show,
    "Augmentation": augmentation.show,
    "Optimisers": optimizer.show,
}
FIRST = "Order"

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
part = st.segmented_control(
    "Part", list(PARTS), default=FIRST, required=True, key="choices.part", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
PARTS[part or FIRST]()
url_state.publish()
