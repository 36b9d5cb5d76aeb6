"""Batch normalisation: step by step, over batches, in a trained network, among its relatives, folded away, and why."""

import streamlit as st

from cnnviz.topics.batch_norm import captions
from pages.layers.batch_norm import axes, network, running, scaling, steps
from pages.shared import url_state

STEPS, RUNNING, NETWORK, AXES, FOLDING, SCALING = PARTS = (
    "Step by step",
    "Running statistics",
    "In a trained network",
    "Batch, layer, instance, group",
    "Folded into its convolution",
    "Feature scaling",
)

st.title(captions.TITLE)
st.markdown(captions.INTRODUCTION)
part = st.segmented_control(
    "Part", PARTS, default=STEPS, required=True, key="batch_norm.part",
    bind="query-params", label_visibility="collapsed",
)  # fmt: skip
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
