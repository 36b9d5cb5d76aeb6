"""Batch normalisation: step by step, over batches, in a trained network, among its relatives, folded away, and why."""

import streamlit as st

from pages.shared import view
from pages.shared.batch_norm import axes_view, network_view, running_view, scaling_view, steps_view

PARTS = {
    "steps": "Step by step",
    "running": "Running statistics",
    "network": "In a trained network",
    "axes": "Batch, layer, instance, group",
    "folding": "Folded into its convolution",
    "scaling": "Feature scaling",
}

st.title("What does batch normalisation do to the numbers?")
st.markdown(
    "Each channel is moved to mean 0 and spread 1, then scaled by γ and shifted by β. "
    "While training, mean and variance are the batch's own; afterwards they are the ones that were stored on the way."
)
part = st.segmented_control(
    "Part", list(PARTS), format_func=PARTS.__getitem__, default="steps", required=True, key="batch_norm.part",
    bind="query-params", label_visibility="collapsed",
)  # fmt: skip
if part == "running":
    running_view.show()
elif part in ("network", "folding"):
    network_view.show(str(part))
elif part == "axes":
    axes_view.show()
elif part == "scaling":
    scaling_view.show()
else:
    steps_view.show()
view.publish()
