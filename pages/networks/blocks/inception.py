"""Inception: the branches of a block with their maps, laid one behind the other, and what the 1×1 saves."""

from __future__ import annotations

import streamlit as st

from cnnviz import models
from cnnviz.topics.blocks import captions, charts, diagram, diagram_captions, figures, inception_branches, tables
from cnnviz.topics.blocks.figures import BlockStripPacket
from cnnviz.topics.blocks.records import InceptionRecord
from pages.networks.blocks import cache, drawing, exports, snippets
from pages.networks.blocks.components.block_strip import block_strip
from pages.networks.blocks.count_table import show_table
from pages.networks.blocks.selection import block_picker, network_and_picture, runs_of
from pages.shared import predict
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges
from pages.shared.selection import Selection
from pages.shared.source_box import source_box


def listed() -> dict[str, str]:
    """Networks with learned features first, then the papers'."""
    fires = {"SqueezeNet 1.1 (Caffe)": "squeezenet"}
    learned = runs_of("inception_cifar") | (fires if models.installed("squeezenet") else {})
    papers = {"GoogLeNet": "googlenet", "Inception v3": "inception_v3", "SqueezeNet 1.1": "squeezenet1_1"}
    return {**learned, **papers, **fires}


@st.fragment
def show() -> None:
    """Draw the part about Inception's branches."""
    at, seats = network_and_picture("inception", listed())
    recording = at.look.recording
    words = {
        key: f"{recording[key].group} · {list(recording[key].shape)}" for key in inception_branches.keys(recording)
    }
    found = inception_branches.open_block(at.network.model, recording, block_picker("inception", at, seats, words))
    st.markdown(captions.inception(found))
    keys = diagram.of_group(recording, found.group, end=found.key)
    drawing.draw(
        "inception",
        at,
        seats,
        keys,
        about=diagram_captions.branches(found.group, len(found.branches), len(found.output)),
    )
    if (box := drawing.measured()).open:
        with box:
            _measured(at, found)
    badges(found.proof, *cache.counted(at.choice, found.key, str(found.output.shape), found))
    branches = tuple(one.count for one in found.branches)
    predict.ask("Inception blocks", ("joined_channels", {"branches": branches, "join": "concatenated"}))
    _take(at, found)


def _measured(at: Selection, found: InceptionRecord) -> None:
    names = ("inception", *at.view.key, found.key)
    block_strip(cache.packet(*names, _make=lambda: _strip(found)), key="blocks.inception.strip")
    st.markdown(captions.SAVED)
    rows = [(f"branch {index}", one.title, one.cost, one.without) for index, one in enumerate(found.branches, start=1)]
    rows.append(("together", "", found.cost, found.without))
    show_table(charts.costs(rows, ours="with", other="without"), key="blocks.inception.costs")
    if said := captions.five_by_five(found):
        st.markdown(said)
    st.caption(captions.WEIGHTS_ALONE)


def _strip(found: InceptionRecord) -> BlockStripPacket:
    shares = inception_branches.energies(found)
    segments = [
        figures.Segment(f"branch {index}: {one.title}", one.start, one.count, captions.branch(one.count, share))
        for index, (one, share) in enumerate(zip(found.branches, shares, strict=True), start=1)
    ]
    return figures.strip(segments, {"its map": found.output}, what="output channel")


def _take(at: Selection, found: InceptionRecord) -> None:
    starts = [[one.title, one.key, one.start, one.count, one.cost.parameters, one.cost.macs, one.without.parameters,
               one.without.macs] for one in found.branches]  # fmt: skip
    head = ["branch", "layer", "first channel", "channels", "weights", "macs", "weights without", "macs without"]
    downloads(
        [
            ("Branches (CSV)", f"{found.group}.csv", "text/csv", lambda: tables.table(head, starts)),
            exports.maps(at, [*(one.key for one in found.branches), found.key], f"{found.group}.npz"),
        ],
        key="blocks.inception",
    )
    source_box(snippets.inception(at, found), made_by=(inception_branches.open_block, inception_branches.keys))
