"""VGG's block: one function that writes many layers, what it writes, and what that costs."""

from __future__ import annotations

import streamlit as st

from cnnviz.operations import OperationError
from cnnviz.topics.blocks import captions, diagram_captions, graph, questions, tables, vgg, vgg_counts
from pages.networks.blocks import drawing, snippets
from pages.networks.blocks.count_table import show_table
from pages.networks.blocks.selection import block_picker, network_and_picture, runs_of
from pages.shared import predict
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

TITLES = {"VGG-11": "vgg11", "VGG-13": "vgg13", "VGG-16": "vgg16", "VGG-19": "vgg19"}
SIDES = (16, 32, 64, 128, 224, 256)


def listed() -> dict[str, str]:
    """Trained networks first, then the paper's."""
    return {**runs_of("vgg_cifar"), "VGG-11": "vgg11", "VGG-13": "vgg13", "VGG-16": "vgg16", "VGG-19": "vgg19"}


def show() -> None:
    """Draw the part about VGG's blocks."""
    _real()
    st.divider()
    _written()


@st.fragment
def _real() -> None:
    at, seats = network_and_picture("vgg", listed())
    blocks = vgg.blocks(at.look.recording)
    recording = at.look.recording
    words = {}
    for number, (key, keys) in enumerate(blocks.items(), start=1):
        convolutions = sum(recording[name].kind == "convolution" for name in keys)
        words[key] = captions.vgg_block(number, convolutions, recording[keys[-1]].shape)
    several = next((key for key, keys in blocks.items() if len(keys) > len(next(iter(blocks.values())))), "")
    keys = blocks[block_picker("vgg", at, seats, words, first=several)]
    drawing.draw("vgg", at, seats, keys, about=diagram_captions.vgg(keys[0]))
    last = next(recording[key] for key in reversed(keys) if graph.is_convolution(at.network.model, recording[key]))
    predict.ask("VGG's blocks", ("macs", questions.work(graph.kernel(at.network.model, last))))


@st.fragment
def _written() -> None:
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
    with left:
        chosen = st.segmented_control(
            captions.AS_WRITTEN,
            list(TITLES),
            default="VGG-16",
            required=True,
            key="blocks.vgg.depth",
            bind="query-params",
        )
    with right:
        side = int(st.select_slider("Image, pixels", SIDES, value=224, key="blocks.vgg.side", bind="query-params"))
    title = chosen or "VGG-16"
    name = TITLES[title]
    plan = vgg.PLANS[name]
    try:
        lines = vgg.network(plan, side=side)
    except OperationError as error:
        st.error(str(error), icon=":material/error:")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        st.code(snippets.vgg(name, side=side), language="python", wrap_lines=True)
    with right:
        st.markdown(captions.vgg(len(plan), lines, title))
        show_table(tables.vgg_blocks(lines), key="blocks.vgg.blocks")
    with st.expander(captions.written_out(len(lines)), icon=":material/unfold_more:"):
        st.code(tables.written_out(lines), language="python", wrap_lines=True)
    proofs = vgg_counts.against_torchvision(name, lines, side=side)
    badges(*proofs)
    if not proofs:
        st.caption(captions.not_published(side))
    downloads([("Layers (CSV)", f"{name}.csv", "text/csv", lambda: tables.vgg_csv(lines))], key="blocks.vgg")
    source_box(snippets.vgg(name, side=side), made_by=(vgg.block, vgg.network))
