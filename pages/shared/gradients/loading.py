"""What the page has measured, kept for everyone: keys are a frozen stack, a data set's name and plain numbers."""

from __future__ import annotations

import streamlit as st

from cnnviz.measurements import gradient_depth, gradient_proofs
from cnnviz.records.depth import Depth, Stack
from cnnviz.records.proofs import Proof

PICTURES = {"dense": 64, "convolution": 32}
SEEDS = 3


@st.cache_resource(max_entries=6, show_spinner="Reading the pictures …")
def batch(dataset: str, count: int) -> gradient_depth.Batch:
    """Raises datasets.DatasetError, which is not cached."""
    return gradient_depth.batch(dataset, count)


@st.cache_resource(max_entries=32, show_spinner="Forward and back through the stack …", show_time=True)
def depth(stack: Stack, dataset: str) -> Depth:
    return gradient_depth.measure(stack, batch(dataset, PICTURES[stack.kind]), seeds=SEEDS)


@st.cache_resource(max_entries=8, show_spinner="Training the stack …", show_time=True)
def training(stack: Stack, dataset: str, steps: int, lr: float) -> tuple[Depth, ...]:
    return tuple(gradient_depth.train(stack, batch(dataset, PICTURES[stack.kind]), steps=steps, lr=lr))


@st.cache_resource(max_entries=32, show_spinner=False)
def proofs(stack: Stack, dataset: str) -> tuple[Proof, ...]:
    """What the first start's gradients are compared with."""
    given = batch(dataset, PICTURES[stack.kind])
    written = gradient_proofs.chain_rule(stack, given)
    return (gradient_proofs.finite_difference(stack, given), *([written] if written else []))
