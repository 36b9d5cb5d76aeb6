"""Residual blocks: x, F(x) and their sum, lengths through the network, blocks dropped, and the two designs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from cnnviz.figures import predictions
from cnnviz.outputs.chances import again
from cnnviz.records.proofs import Proof
from cnnviz.topics.blocks import (
    captions,
    charts,
    diagram,
    diagram_captions,
    diagram_words,
    figures,
    graph,
    proofs,
    questions,
    residual_blocks,
    tables,
)
from cnnviz.topics.blocks.records import BlockCost, BlockStage, Shortcut
from pages.networks.blocks import cache, drawing, exports, snippets
from pages.networks.blocks.components.block_stages import block_stages
from pages.networks.blocks.count_table import show_table
from pages.networks.blocks.selection import block_picker, network_and_picture, runs_of
from pages.shared import predict
from pages.shared.charts import chart, theme
from pages.shared.components.scores import scores
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges
from pages.shared.scores_needed import has_scores
from pages.shared.selection import Selection
from pages.shared.source_box import source_box

CHANNELS, SIDES = (64, 128, 256, 512, 1024, 2048), (7, 14, 28, 56)


def listed() -> dict[str, str]:
    """The network with real weights first, then one's own residual runs, then the paper's networks."""
    own = runs_of("resnet20", "resnet56")
    return {
        "EfficientNet-Lite0": "efficientnet_lite0", **own, "ResNet-18": "resnet18", "ResNet-34": "resnet34",
        "ResNet-50": "resnet50", "ResNet-20 (CIFAR)": "resnet20", "ResNet-56 (CIFAR)": "resnet56",
    }  # fmt: skip


@st.fragment
def show() -> None:
    """Draw the part about residual blocks."""
    real = _real()
    st.divider()
    channels, counted = _designs()
    badges(*real, *counted)
    source_box(snippets.designs(channels), made_by=(residual_blocks.designs, residual_blocks.projection))


def _real() -> list[Proof]:
    at, seats = network_and_picture("residual", listed())
    recording = at.look.recording
    blocks = residual_blocks.shortcuts(recording)
    if not blocks:
        st.warning(captions.NO_SHORTCUT, icon=":material/info:")
        return []
    words = {one.key: f"{one.group} · {one.kind} · {list(recording[one.key].shape)}" for one in blocks}
    key = block_picker("residual", at, seats, words)
    block = next(one for one in blocks if one.key == key)
    inside = residual_blocks.inside(at.network.model, recording, block)
    st.markdown(captions.residual(block, inside))
    after = block.after if block.after and recording[block.after].group == block.group else ""
    keys = diagram.of_group(recording, block.group, end=after or block.key)
    drawing.draw("residual", at, seats, keys, about=diagram_captions.residual(block.group),
                 roles=diagram_words.residual(block))  # fmt: skip
    stages = residual_blocks.stages(recording, block)
    found = _proofs(at, block, stages)
    if (box := drawing.measured()).open:
        with box:
            _maps(at, block, stages)
            _lengths(at, blocks, block)
            found += _dropping(at, blocks)
    activation = recording[block.after].operation if block.after else ""
    cells = questions.residual(stages, activation)
    predict.ask("Residual blocks", ("residual_cell", {"cells": cells, "rectified": "ReLU" in activation}))
    _take(at, blocks, stages)
    source_box(
        snippets.residual(at, block),
        made_by=(residual_blocks.shortcuts, residual_blocks.norms, residual_blocks.answers),
    )
    return found


def _maps(at: Selection, block: Shortcut, stages: tuple[BlockStage, ...]) -> None:
    names = ("residual", *at.view.key, block.key)
    shared = [tuple(range(len(stages)))]
    block_stages(
        cache.packet(*names, _make=lambda: figures.stages(stages, together=shared)), key="blocks.residual.maps"
    )


def _proofs(at: Selection, block: Shortcut, stages: tuple[BlockStage, ...]) -> list[Proof]:
    found = [proofs.added(stages[0].values, stages[1].values, stages[2].values, block.key)]
    if block.after and "ReLU" in at.look.recording[block.after].operation:
        top = 6.0 if "ReLU6" in at.look.recording[block.after].operation else np.inf
        gap = float(np.abs(np.clip(stages[2].values, 0, top) - stages[3].values).max())
        found.append(Proof(f"max(sum, 0) equals what {block.after} recorded", gap, 0.0))
    return found


def _lengths(at: Selection, blocks: Sequence[Shortcut], block: Shortcut) -> None:
    st.markdown(captions.HOW_LONG)
    found = residual_blocks.norms(at.look.recording, blocks)
    st.markdown(captions.lengths(found))
    chart(charts.lengths(found, at=block.group, theme=theme()), key="blocks.residual.lengths")
    show_table(tables.shortcut_table([(one, _weights(at, one)) for one in blocks]), key="blocks.shortcuts")


def _weights(at: Selection, block: Shortcut) -> int:
    """Weights in a shortcut."""
    recording = at.look.recording
    nodes = graph.behind(recording, block.shortcut, graph.in_group(block.group))
    if block.kind != "projection":
        return 0
    return sum(
        graph.kernel(at.network.model, node).cost.parameters
        for node in nodes
        if graph.is_convolution(at.network.model, node)
    )


def _dropping(at: Selection, blocks: Sequence[Shortcut]) -> list[Proof]:
    """Blocks that pass their shortcut alone, and what the network answers then."""
    st.markdown(captions.DROP)
    reading = at.look.reading
    if not has_scores(at.look, at.network.spec.title):
        return []
    groups = [one.group for one in blocks]
    chosen = st.pills(
        "Dropped", groups, selection_mode="multi", default=groups[len(groups) // 2], key=f"blocks.dropped.{at.choice}",
        persist_state="session",
    )  # fmt: skip
    names = tuple(name for name in groups if name in (chosen or []))
    logits = cache.dropped(at.view, names)
    for column, (title, values) in zip(
        st.columns(2, gap="medium"),
        ((captions.ALL_BLOCKS, at.look.recording.logits), (captions.without(names), logits)),
        strict=True,
    ):
        with column:
            st.markdown(title)
            bars = predictions.bars(again(values, reading), top=5, exclusive=reading.kind == "classes")
            scores(bars, key=f"blocks.scores.{'plain' if values is not logits else 'out'}")
    found = cache.each_dropped(at.view)
    target = int(np.argmax(found.plain))
    st.markdown(captions.importance(found, target, at.look.classes[target], reading))
    if at.network.provenance.kind == "random":
        st.caption(captions.RANDOM)
    chart(charts.importance(found, target, reading, theme=theme()), key="blocks.residual.importance")
    group, by_hook = cache.hooked(at.view)
    alone = found.alone[found.groups.index(group)]
    gap, size = float(np.abs(by_hook - alone).max()), max(1.0, float(np.abs(alone).max()))
    whole = float(np.abs(found.plain - at.look.recording.logits).max())
    return [
        Proof("with no block dropped: the network's own logits again", whole, 1e-5 * size),
        Proof(f"{group} dropped by a hook that sets F's last module to zero: the same logits", gap, 1e-5 * size),
    ]


def _take(at: Selection, blocks: Sequence[Shortcut], stages: tuple[BlockStage, ...]) -> None:
    found = residual_blocks.norms(at.look.recording, blocks)
    rows = [[one.group, one.kind, one.shortcut, one.branch, one.sum, one.after, one.cosine] for one in found]
    head = ["block", "shortcut", "norm x", "norm F(x)", "norm sum", "norm after", "cosine"]
    downloads(
        [
            exports.maps(at, [stage.key for stage in stages], f"residual-{blocks[0].group}.npz"),
            ("Lengths (CSV)", "residual-lengths.csv", "text/csv", lambda: tables.table(head, rows)),
        ],
        key="blocks.residual",
    )


def _designs() -> tuple[int, Sequence[Proof]]:
    """The channels that were chosen, and what was checked."""
    st.markdown(captions.DESIGNS)
    left, right = st.columns(2, gap="medium")
    with left:
        channels = st.select_slider("Channels", CHANNELS, value=256, key="blocks.channels", bind="query-params")
    with right:
        side = st.select_slider("Map, cells a side", SIDES, value=56, key="blocks.side", bind="query-params")
    made = residual_blocks.designs(int(channels), int(side))
    show_table(charts.kernels([(name, one) for name, kernels in made for one in kernels]), key="blocks.designs")
    basic, narrow = (sum((one.cost for one in kernels), BlockCost(0, 0)) for _, kernels in made)
    shortcut = residual_blocks.projection(int(channels) // 2, int(channels), int(side))
    st.markdown(captions.designs(int(channels), basic, narrow, shortcut))
    return int(channels), residual_blocks.counted_designs(int(channels))
