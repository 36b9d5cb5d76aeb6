"""A depthwise separable convolution against a plain one: maps of both steps, weights, multiplications."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.records.proofs import Proof
from cnnviz.topics.blocks import (
    captions,
    charts,
    diagram,
    diagram_captions,
    figures,
    graph,
    mobile_blocks,
    proofs,
    separable,
)
from cnnviz.topics.blocks.records import BlockCost
from pages.networks.blocks import cache, drawing, exports, snippets
from pages.networks.blocks.components.block_stages import block_stages
from pages.networks.blocks.count_table import show_table
from pages.networks.blocks.selection import block_picker, network_and_picture
from pages.shared import predict
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

LISTED = {"EfficientNet-Lite0": "efficientnet_lite0", "MobileNetV2": "mobilenet_v2", "MNASNet 1.0": "mnasnet1_0"}
CHANNELS, KERNELS, SIDES = (8, 16, 32, 64, 128, 256, 512, 1024), (3, 5, 7, 9), (7, 14, 28, 56, 112)


@st.fragment
def show() -> None:
    """Draw the part about depthwise separable convolutions."""
    real = _real()
    st.divider()
    badges(*real, *_own())


def _real() -> Sequence[Proof]:
    at, seats = network_and_picture("separable", LISTED)
    recording, model = at.look.recording, at.network.model
    words = {
        key: f"{recording[key].group} · {recording[key].operation}" for key in mobile_blocks.depthwise(model, recording)
    }
    found = mobile_blocks.separable(model, recording, block_picker("separable", at, seats, words))
    st.markdown(captions.separable(found))
    keys = graph.between(recording, found.depthwise.key, found.pointwise.key, through=diagram.FOLLOWS)
    drawing.draw("separable", at, seats, keys, about=diagram_captions.separable(found.group))
    if (box := drawing.measured()).open:
        with box:
            names = ("separable", *at.view.key, found.depthwise.key)
            block_stages(cache.packet(*names, _make=lambda: figures.stages(found.stages)), key="blocks.separable.maps")
            steps = [("depthwise", found.depthwise), ("pointwise", found.pointwise)]
            show_table(charts.kernels(steps), key="blocks.separable.kernels")
    kernels = {
        "inputs": found.depthwise.inputs, "outputs": found.pointwise.outputs, "side": found.depthwise.size[0]
    }  # fmt: skip
    predict.ask("Depthwise separable convolutions", ("separable_weights", kernels))
    downloads(
        [exports.maps(at, [stage.key for stage in found.stages], f"separable-{found.group}.npz")],
        key="blocks.separable",
    )
    source_box(snippets.separable(at, found), made_by=(separable.depthwise, separable.pointwise))
    return found.proofs


def _own() -> Sequence[Proof]:
    st.markdown(captions.ANY_SIZE)
    first, second, third, fourth = st.columns(4, gap="medium")
    with first:
        inputs = int(st.select_slider("Channels in", CHANNELS, value=64, key="blocks.in", bind="query-params"))
    with second:
        outputs = int(st.select_slider("Channels out", CHANNELS, value=128, key="blocks.out", bind="query-params"))
    with third:
        kernel = int(st.select_slider("Kernel", KERNELS, value=3, key="blocks.kernel", bind="query-params"))
    with fourth:
        side = int(st.select_slider("Map", SIDES, value=28, key="blocks.map", bind="query-params"))
    found = {name: BlockCost(*numbers) for name, numbers in separable.costs(inputs, outputs, kernel, side).items()}
    both = found["depthwise"] + found["pointwise"]
    rows = [("depthwise + pointwise", f"{inputs} · {kernel}² + {inputs} · {outputs}", both, found["plain"])]
    show_table(charts.costs(rows, ours="separable", other="plain"), key="blocks.separable.costs")
    formula = separable.ratio(outputs, kernel)
    st.markdown(captions.ratio(both, found["plain"], outputs=outputs, kernel=kernel, formula=formula))
    return proofs.separable_counts(inputs, outputs, kernel)
