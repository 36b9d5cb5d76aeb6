"""What the BatchNorm page keeps: keyed by plain values, shared by everyone."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz import anatomy
from cnnviz.figures.scrub_charts import ScrubChartPacket
from cnnviz.records.proofs import Proof
from cnnviz.topics.batch_norm import (
    captions,
    charts,
    feature_scaling,
    network,
    network_captions,
    proofs,
    running,
    tables,
)
from cnnviz.topics.batch_norm import features as batch_norm_features
from cnnviz.topics.batch_norm.charts import DescentPathsPacket, NormChannelsPacket
from cnnviz.topics.batch_norm.records import (
    BatchNormLayer,
    Folded,
    FoldedNetwork,
    Noise,
    Prediction,
    Shifted,
    Surface,
    Trace,
)
from pages.shared import cache
from pages.shared.view import View, by_view

Array = np.ndarray


@st.cache_resource(max_entries=1, show_spinner=captions.READING)
def features() -> batch_norm_features.UnitFeatures:
    """The numbers that the running statistics are computed over."""
    return batch_norm_features.features()


@st.cache_resource(max_entries=1, show_spinner=False)
def batch_of_one() -> tuple[batch_norm_features.Alone, ...]:
    """What PyTorch's layer answers to batches of one."""
    return batch_norm_features.batch_of_one()


@st.cache_resource(max_entries=32, show_spinner=False)
def trace(unit: int, batch_size: int) -> tuple[Trace, ScrubChartPacket, Proof]:
    """One unit's running statistics, their chart, and the proof that torch's layer ends at the same ones."""
    values = features().values[:, unit]
    found = running.trace(values, batch_size=batch_size)
    return found, charts.trace_chart(found), proofs.running(found, values)


@st.cache_resource(max_entries=16, show_spinner=False)
def noise(unit: int) -> tuple[Noise, ScrubChartPacket]:
    """One unit's noise by batch size, and its chart."""
    found = running.noise(features().values[:, unit])
    return found, charts.noise_chart(found)


@by_view(max_entries=24)
def layer(view: View, key: str) -> BatchNormLayer:
    """One BatchNorm layer on that image."""
    seen = cache.look(view)
    return network.layer(cache.network(view.choice).model, seen.recording, key)


@by_view(max_entries=12)
def drawn_layer(view: View, key: str) -> tuple[tuple[NormChannelsPacket, dict[str, bytes]], Proof]:
    """The layer as its component draws it, and the proof that the definition gives what was recorded."""
    found = layer(view, key)
    recording = cache.look(view).recording
    return charts.channels(found), network.proof(recording, found)


@by_view(max_entries=4, show_spinner=network_captions.ASKING)
def wrong_mode(view: View, *, without: str) -> tuple[tuple[Prediction, ...], Proof]:
    """The predictions in either mode, and the proof that the shared network is as it was."""
    opened = cache.network(view.choice)
    x = cache.look(view).prepared.tensor
    before = network.state(opened.model)
    company = network.company(opened.spec, without=without)
    found = network.wrong_mode(opened.model, x, company, reading=cache.look(view).reading)
    return found, network.untouched(opened.model, before)


@by_view(max_entries=4, show_spinner=network_captions.CHANGING)
def shifted(view: View, kind: str) -> Shifted:
    """Predictions for that image in every version. kind: "brightness" or "contrast"."""
    opened = cache.network(view.choice)
    x = cache.look(view).prepared.tensor
    return network.shifted(opened.model, x, opened.spec, kind=kind, reading=cache.look(view).reading)


@by_view(max_entries=6)
def folding(view: View, norm: str) -> tuple[Folded, Array, Array, Proof]:
    """The pair that ends in this BatchNorm: the one convolution, both outputs [C, H, W] float64, and their proof."""
    opened, seen = cache.network(view.choice), cache.look(view)
    pair = next(found for found in network.pairs(opened.model, seen.recording) if found[1] == norm)
    held = network.layer(opened.model, seen.recording, norm)
    folded = network.folded(opened.model, seen.recording, pair)
    two, one, proof = proofs.folding(
        network.read_by(seen.recording, pair), folded, network.stored(held),
        (held.gamma, held.beta), eps=held.eps, settings=network.settings(opened.model, seen.recording, pair),
    )  # fmt: skip
    return folded, two, one, proof


@by_view(max_entries=6)
def folded_pictures(view: View, norm: str, theme: str) -> tuple[tuple[str, bytes], ...]:
    """Captions and PNGs of both outputs and of their difference."""
    _, two, one, _ = folding(view, norm)
    return tables.folded_pictures(two, one, theme)


@by_view(max_entries=4, show_spinner=network_captions.FOLDING)
def folded_network(view: View) -> FoldedNetwork:
    """The whole network with every pair folded, its logits before and after, what is saved."""
    opened, seen = cache.network(view.choice), cache.look(view)
    pairs = network.pairs(opened.model, seen.recording)
    macs = anatomy.totals(opened.model, opened.spec.input_shape).macs
    return network.folded_network(opened.model, seen.recording, seen.prepared.tensor, pairs, macs=macs)


@st.cache_resource(max_entries=32, show_spinner=False)
def surfaces(spread: float, offset: float) -> tuple[Surface, Surface, DescentPathsPacket]:
    """The loss over two weights with the features as they are, with each normalised, and both as they are drawn."""
    found, target = feature_scaling.examples(spread, offset)
    before = feature_scaling.surface(found, target)
    after = feature_scaling.surface(feature_scaling.standardised(found), target)
    arrivals = [feature_scaling.arrival(bowl) for bowl in (before, after)]
    return before, after, charts.descent(before, after, arrivals, feature_scaling.SHARES)
