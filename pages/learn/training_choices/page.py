"""Training choices: order of the images, batch size, augmentation, optimiser; each a race of equal networks."""

import streamlit as st

from cnnviz.topics.training_choices import captions
from pages.learn.training_choices import augmentation, batch, optimizer, order
from pages.shared import page_parts, url_state

PARTS = {
    "Order": order.show,
    "Batch size": batch.show,
    "Augmentation": augmentation.show,
    "Optimisers": optimizer.show,
}

st.title(captions.TITLE)
part = page_parts.choose("choices.part", {name: name for name in PARTS}, captions.SAID)
PARTS[part]()
url_state.publish()
