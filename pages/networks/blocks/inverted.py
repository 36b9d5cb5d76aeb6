"""An inverted residual: narrow, widened, filtered channel by channel, narrow again, with its input added."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.blocks import (
    captions,
    charts,
    diagram,
    diagram_captions,
    diagram_words,
    figures,
    mobile_blocks,
    questions,
)
from cnnviz.topics.blocks.residual_blocks import shortcuts
from pages.networks.blocks import cache, drawing, exports, snippets
from pages.networks.blocks.components.block_stages import block_stages
from pages.networks.blocks.count_table import show_table
from pages.networks.blocks.selection import block_picker, network_and_picture
from pages.shared import predict
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

LISTED = {
    "EfficientNet-Lite0": "efficientnet_lite0",
    "MobileNetV2": "mobilenet_v2",
    "MobileNetV3 small": "mobilenet_v3_small",
}
STEPS = ("expand", "depthwise", "project")


@st.fragment
def show() -> None:
    """Draw the part about inverted residuals."""
    at, seats = network_and_picture("inverted", LISTED)
    recording, model = at.look.recording, at.network.model
    words = {group: group for group in mobile_blocks.inverted(model, recording)}
    found = mobile_blocks.open_inverted(model, recording, block_picker("inverted", at, seats, words, first="stage2.1"))
    st.markdown(captions.inverted(found))
    together = [(0, 3, 4)] if found.added else []
    keys = diagram.of_group(recording, found.group, end=found.stages[-1].key)
    drawing.draw(
        "inverted",
        at,
        seats,
        keys,
        about=diagram_captions.inverted(
            found.group, found.kernels[0].inputs, found.kernels[0].outputs, added=found.added
        ),
        roles=next((diagram_words.residual(one) for one in shortcuts(recording) if one.group == found.group), {}),
    )
    if (box := drawing.measured()).open:
        with box:
            names = ("inverted", *at.view.key, found.group)
            packet = cache.packet(*names, _make=lambda: figures.stages(found.stages, together=together))
            block_stages(packet, key="blocks.inverted.maps")
            show_table(charts.kernels(list(zip(STEPS, found.kernels, strict=True))), key="blocks.inverted.kernels")
    badges(*found.proofs)
    depthwise = max(found.kernels, key=lambda kernel: kernel.groups)
    predict.ask("Inverted residuals", ("parameters", questions.parameters(depthwise)))
    downloads(
        [exports.maps(at, [stage.key for stage in found.stages], f"inverted-{found.group}.npz")], key="blocks.inverted"
    )
    source_box(snippets.inverted(at, found), made_by=(mobile_blocks.open_inverted,))
