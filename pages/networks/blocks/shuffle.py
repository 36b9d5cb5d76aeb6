"""Channel shuffle: the permutation in slow motion, its inverse, and why grouped convolutions need it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.operations import OperationError
from cnnviz.records.proofs import Proof
from cnnviz.topics.blocks import captions, channel_shuffle, diagram, diagram_captions, figures, mobile_blocks, proofs
from pages.networks.blocks import cache, drawing, exports, snippets
from pages.networks.blocks.components.block_shuffle import block_shuffle
from pages.networks.blocks.components.block_stages import block_stages
from pages.networks.blocks.selection import block_picker, network_and_picture
from pages.shared import predict
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

LAYERS = 3


@st.fragment
def show() -> None:
    """Draw the part about channel shuffle."""
    numbers = _numbers()
    st.divider()
    badges(*numbers, _real())


def _numbers() -> Sequence[Proof]:
    left, right = st.columns(2, gap="medium")
    with left:
        channels = int(st.number_input("Channels", 1, 96, 12, key="blocks.shuffle.channels", bind="query-params"))
    with right:
        groups = int(st.number_input("Groups", 1, 24, 3, key="blocks.shuffle.groups", bind="query-params"))
    try:
        order = channel_shuffle.permutation(channels, groups)
    except OperationError as error:
        st.error(captions.shuffle_refused(str(error)), icon=":material/error:")
        channels, groups = st.session_state.get("blocks.shuffle.good", (12, 3))
        order = channel_shuffle.permutation(channels, groups)
    st.session_state["blocks.shuffle.good"] = (channels, groups)
    block_shuffle(figures.shuffle(channels, groups), key="blocks.shuffle.stage")
    st.markdown(captions.order(order.tolist()))
    mixed, apart = (channel_shuffle.reached(channels, groups, LAYERS, shuffle=way) for way in (True, False))
    st.markdown(captions.mixed(LAYERS, groups, channels, shuffled=mixed[-1], apart=apart[-1]))
    predict.ask("Channel shuffle", ("shuffled_place", {"channels": channels, "groups": groups}))
    downloads(
        [("Order (NPZ)", "shuffle.npz", "application/zip", lambda: exports.npz(order=order))], key="blocks.shuffle"
    )
    source_box(
        snippets.shuffle(channels, groups),
        made_by=(channel_shuffle.permutation, channel_shuffle.round_trip, channel_shuffle.reached),
    )
    return proofs.shuffles(channels, groups)


def _real() -> Proof:
    st.markdown(captions.IN_SHUFFLENET)
    at, seats = network_and_picture(
        "shuffle", {"ShuffleNet v2 ×1.0": "shufflenet_v2_x1_0", "ShuffleNet v2 ×0.5": "shufflenet_v2_x0_5"}
    )
    recording = at.look.recording
    pairs = {before: (before, after) for before, after in mobile_blocks.shuffled(recording)}
    words = {before: f"{recording[before].group} · {recording[before].shape[0]} channels" for before in pairs}
    drawn = mobile_blocks.with_shuffles(recording)
    before = block_picker("shuffle", at, seats, words)
    keys = diagram.of_group(drawn, recording[before].group, end=pairs[before][1])
    drawing.draw("shuffle", at, seats, keys, about=diagram_captions.shuffle(recording[before].group), recording=drawn)
    stages, proof = mobile_blocks.shuffle_in_network(recording, pairs[before])
    st.caption(captions.BEFORE_AND_AFTER)
    names = ("shuffle", *at.view.key, stages[0].key)
    packet = cache.packet(*names, _make=lambda: figures.stages(stages, together=[(0, 1)]))
    block_stages(packet, key="blocks.shuffle.maps")
    return proof
