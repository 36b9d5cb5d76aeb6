"""What the page has measured, kept for everyone: keys are a frozen stack, a data set's name and plain numbers."""

from __future__ import annotations

import streamlit as st

from cnnviz.records.proofs import Proof
from cnnviz.topics.gradients import captions
from cnnviz.topics.gradients import depth as gradient_depth
from cnnviz.topics.gradients import network as network_gradients
from cnnviz.topics.gradients import proofs as gradient_proofs
from cnnviz.topics.gradients.records import Depth, DepthStack, NetworkDepth
from pages.shared import cache
from pages.shared.view import View, by_view

IMAGES = {"dense": 64, "convolution": 32}
SEEDS = 3


@st.cache_resource(max_entries=6, show_spinner=captions.READING)
def batch(dataset: str, count: int) -> gradient_depth.Batch:
    """Raises datasets.DatasetError, which is not cached."""
    return gradient_depth.batch(dataset, count)


@st.cache_resource(max_entries=32, show_spinner=captions.MEASURING, show_time=True)
def depth(stack: DepthStack, dataset: str) -> Depth:
    """That stack at its random starts. Raises datasets.DatasetError, which is not cached."""
    return gradient_depth.measure(stack, batch(dataset, IMAGES[stack.kind]), seeds=SEEDS)


@st.cache_resource(max_entries=8, show_spinner=captions.TRAINING, show_time=True)
def training(stack: DepthStack, dataset: str, steps: int, lr: float) -> tuple[Depth, ...]:
    """That stack while it trains, a frame every few steps."""
    return tuple(gradient_depth.train(stack, batch(dataset, IMAGES[stack.kind]), steps=steps, lr=lr))


@st.cache_resource(max_entries=32, show_spinner=False)
def proofs(stack: DepthStack, dataset: str) -> tuple[Proof, ...]:
    """What the first start's gradients are compared with."""
    given = batch(dataset, IMAGES[stack.kind])
    written = gradient_proofs.chain_rule(stack, given)
    return (gradient_proofs.finite_difference(stack, given), *([written] if written else []))


@by_view(max_entries=12, show_spinner=captions.NETWORK, show_time=True)
def network(view: View, label: str) -> tuple[NetworkDepth, tuple[Proof, ...]]:
    """The gradient in every layer, and what the last one's is compared with. Raises ValueError for too few layers."""
    opened, seen = cache.network(view.choice), cache.look(view)
    x = seen.prepared.tensor
    found = network_gradients.measure(opened.model, x, seen.recording, label=label, reading=seen.reading)
    proof = network_gradients.outer_product(opened.model, x, seen.recording, found)
    return found, (proof,) if proof else ()
