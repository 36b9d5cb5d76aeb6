"""Batch normalisation: step by step, over batches, in a trained network, among its relatives, folded away, and why."""

import streamlit as st

from cnnviz.topics.batch_norm import captions
from pages.layers.batch_norm import axes, network, running, scaling, steps
from pages.shared import page_parts, url_state

STEPS, RUNNING, NETWORK, AXES, FOLDING, SCALING = PARTS = (
    "Step by step",
    "Running statistics",
    "In a trained network",
    "Batch, layer, instance, group",
    "Folded into its convolution",
    "Feature scaling",
)

st.title(captions.TITLE)
part = page_parts.choose("batch_norm.part", {name: name for name in PARTS}, captions.SAID)
if part == RUNNING:
    running.show()
elif part in (NETWORK, FOLDING):
    network.show(folding=part == FOLDING)
elif part == AXES:
    axes.show()
elif part == SCALING:
    scaling.show()
else:
    steps.show()
url_state.publish()
