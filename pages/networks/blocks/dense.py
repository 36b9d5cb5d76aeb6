"""Dense blocks: which earlier layer each input channel comes from, how the channels grow, who is weighed how."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.topics.blocks import captions, dense_channels, diagram, diagram_captions, figures, tables
from cnnviz.topics.blocks.figures import BlockStripPacket
from cnnviz.topics.blocks.records import DenseBlockRecord, DenseReader
from pages.networks.blocks import cache, drawing, exports, snippets
from pages.networks.blocks.components.block_matrix import block_matrix
from pages.networks.blocks.components.block_strip import block_strip
from pages.networks.blocks.selection import block_picker, network_and_picture, runs_of
from pages.shared import messages, predict
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges
from pages.shared.selection import Selection
from pages.shared.source_box import source_box

DRAWN = 6  # layers of a dense block that the diagram has room for
MATRIX = "blocks.dense.matrix"


def listed() -> dict[str, str]:
    """Runs with learned features first, then the paper's networks."""
    return {**runs_of("densenet22"), "DenseNet-121": "densenet121", "DenseNet-169": "densenet169"}


@st.fragment
def show() -> None:
    """Draw the part about dense blocks."""
    at, seats = network_and_picture("dense", listed())
    recording = at.look.recording
    words = {
        group: f"{group.removeprefix('features.')} · {len(dense_channels.readers(recording, group)) - 1} layers"
        for group in dense_channels.groups(recording)
    }
    group = block_picker("dense", at, seats, words)
    block = dense_channels.block(at.network.model, recording, group)
    st.markdown(captions.dense(block))
    layers = min(DRAWN, len(block.layers) - 1)
    keys = diagram.dense(recording, group, layers=layers)
    whole = (*diagram.FOLLOWS, "convolution")
    drawing.draw("dense", at, seats, keys, about=diagram_captions.dense(layers, len(block.layers) - 1), merged=whole)
    if layers < len(block.layers) - 1:
        st.caption(diagram_captions.dense(layers, len(block.layers) - 1))
    column = _reader(at, block)
    found = dense_channels.layer(at.network.model, recording, block.layers[column])
    if (box := drawing.measured()).open:
        with box:
            _weights(at, block, column)
            st.markdown(captions.dense_sources(len(found.values), found.title))
            names = ("dense", *at.view.key, found.key)
            block_strip(cache.packet(*names, _make=lambda: _strip(found)), key="blocks.dense.strip")
    badges(found.proof)
    growing = {"first": block.first, "growth": block.growth, "layers": len(block.layers) - 1}
    predict.ask("Dense blocks", ("dense_reads", growing))
    _take(at, block, found)
    source_box(snippets.dense(at, found), made_by=(dense_channels.block, dense_channels.channel_weights))


def _reader(at: Selection, block: DenseBlockRecord) -> int:
    """The layer whose input is opened: chosen here, or by a click on the matrix."""
    key = f"blocks.dense.layer.{at.choice}.{block.group}"
    first = min(3, len(block.layers) - 1)
    st.session_state.setdefault(key, first)
    titles = list(block.titles)
    st.selectbox("Layer", range(len(titles)), format_func=titles.__getitem__, key=key)
    st.session_state["blocks.dense.key"] = key, len(titles)
    return int(st.session_state[key])


def _picked() -> None:
    key, columns = st.session_state["blocks.dense.key"]
    picked = messages.heard(MATRIX, "pick", int, among=range(columns))
    if picked is not None:
        st.session_state[key] = picked


def _weights(at: Selection, block: DenseBlockRecord, column: int) -> None:
    layer = dense_channels.layer(at.network.model, at.look.recording, block.layers[column])
    block_matrix(figures.matrix(block.sources, block.titles, block.weights, chosen=column), key=MATRIX, on_pick=_picked)
    st.markdown(captions.dense_weights(layer, random=at.network.provenance.kind == "random"))


def _strip(found: DenseReader) -> BlockStripPacket:
    segments = [
        figures.Segment(one.title, one.start, one.count, captions.dense_source(one.count, one.weight))
        for one in found.sources
    ]
    known = np.nan_to_num(found.channel_weights)
    bars = figures.Bars("mean |w| of the channel", known, float(known.max())) if known.any() else None
    return figures.strip(segments, {"its map": found.values}, what="input channel", bars=bars)


def _take(at: Selection, block: DenseBlockRecord, found: DenseReader) -> None:
    rows = [[name, *("" if np.isnan(value) else f"{value:.6g}" for value in line)]
            for name, line in zip(block.sources, block.weights, strict=True)]  # fmt: skip
    head = ["source", *block.titles]
    downloads(
        [
            ("Weights by source (CSV)", f"{block.group}.csv", "text/csv",
             lambda: tables.table(head, rows)),
            exports.maps(at, [found.key], f"{found.key}.npz"),
        ],
        key="blocks.dense",
    )  # fmt: skip
