"""Squeeze-and-excitation: one gate a channel, computed from the image, with the map before and after it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.topics.blocks import captions, diagram, diagram_captions, figures, mobile_blocks, questions, tables
from cnnviz.topics.blocks.figures import BlockStripPacket
from cnnviz.topics.blocks.records import Gates
from pages.networks.blocks import cache, drawing, exports, snippets
from pages.networks.blocks.components.block_strip import block_strip
from pages.networks.blocks.selection import block_picker, network_and_picture
from pages.shared import predict
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

LISTED = {
    "MobileNetV3 small": "mobilenet_v3_small", "MobileNetV3 large": "mobilenet_v3_large",
    "EfficientNet-B0": "efficientnet_b0",
}  # fmt: skip


@st.fragment
def show() -> None:
    """Draw the part about squeeze-and-excitation."""
    at, seats = network_and_picture("gates", LISTED)
    recording = at.look.recording
    words = {
        key: f"{recording[key].group} · {recording[key].shape[0]} channels" for key in mobile_blocks.gated(recording)
    }
    found = mobile_blocks.gates(at.network.model, recording, block_picker("gates", at, seats, words))
    st.markdown(captions.gates(found))
    if at.network.provenance.kind == "random":
        spread = float(found.gates.max() - found.gates.min())
        st.caption(captions.untrained_gates(spread))
    keys = diagram.of_group(recording, found.group)
    drawing.draw("gates", at, seats, keys, about=diagram_captions.gates(found.group, len(found.gates)))
    if (box := drawing.measured()).open:
        with box:
            names = ("gates", *at.view.key, found.key)
            block_strip(cache.packet(*names, _make=lambda: _strip(found)), key="blocks.gates.strip")
    badges(*found.proofs)
    predict.ask("Squeeze-and-excitation", ("gated_cell", {"cells": questions.gated(found)}))
    rows = [
        [channel, f"{found.squeezed[channel]:.6g}", f"{found.gates[channel]:.6f}"]
        for channel in range(len(found.gates))
    ]
    csv = (
        "Gates (CSV)",
        f"gates-{found.group}.csv",
        "text/csv",
        lambda: tables.table(["channel", "mean", "gate"], rows),
    )
    maps = exports.maps(at, [*recording[found.key].inputs, found.key], f"gates-{found.group}.npz")
    downloads([csv, maps], key="blocks.gates")
    source_box(snippets.gates(at, found), made_by=(mobile_blocks.gates,))


def _strip(found: Gates) -> BlockStripPacket:
    """The channels from the most closed to the most open gate, in thirds."""
    order = np.argsort(found.gates, kind="stable")
    thirds = np.array_split(order, 3)
    titles = ("most closed", "between", "most open")
    segments, start = [], 0
    for title, part in zip(titles, thirds, strict=True):
        if len(part):
            low, high = float(found.gates[part[0]]), float(found.gates[part[-1]])
            segments.append(figures.Segment(title, start, len(part), f"gates {low:.5f} … {high:.5f}"))
        start += len(part)
    bars = figures.Bars("gate", found.gates[order], float(found.gates.max()), low=_floor(found.gates))
    maps = {"before the gate": found.before[order], "after": found.after[order]}
    return figures.strip(segments, maps, what="channel", bars=bars, names=order.tolist())


def _floor(gates: np.ndarray) -> float:
    """Zero where the gates use their range, else a little below the smallest."""
    low, high = float(gates.min()), float(gates.max())
    return 0.0 if low < 0.5 * high else low - 0.1 * (high - low)
