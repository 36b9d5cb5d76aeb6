"""At the start, while it trains, in a trained network: only the open section computes."""

from __future__ import annotations

import streamlit as st

from cnnviz import datasets
from cnnviz.topics.gradients import backpropagation, captions, depth, figures, questions
from cnnviz.topics.gradients.records import Depth
from pages.layers.gradients import cache, controls, network
from pages.layers.gradients.components.depth_curves import depth_curves
from pages.shared import downloads, page_parts, predict, url_state
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

START, TRAINING, NETWORK = "At the start", "While it trains", "In a trained network"


def show() -> None:
    """The sections' row, and the one that is open."""
    _section(page_parts.choose("gradients.part", {name: name for name in (START, TRAINING, NETWORK)}, captions.SAID))


@st.fragment
def _section(part: str) -> None:
    """The controls of that section and what comes of them."""
    if part == NETWORK:
        network.show()
        url_state.publish()
        return
    setting = controls.stack()
    try:
        if part == TRAINING:
            _training(setting)
        else:
            _start(setting)
    except datasets.DatasetError as error:
        st.error(f"{error}", icon=":material/error:")


def _start(setting: controls.Setting) -> None:
    found = cache.depth(*setting)
    earlier = controls.past(setting)
    st.markdown(f"{captions.verdict(found)} {captions.outputs(found)}".rstrip())
    header, blob = figures.packet([found], [cache.depth(*one) for one in earlier])
    depth_curves(header, blob, key="gradients.curves")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(captions.bound(found))
        st.button(
            "Clear the earlier curves", key="gradients.clear", on_click=controls.forget, disabled=not earlier,
            icon=":material/layers_clear:",
        )  # fmt: skip
    st.caption(captions.measured(found))
    badges(*cache.proofs(*setting))
    predict.ask("Gradients and depth", ("gradient_bound", {"depth": setting[0].depth}))
    _take_away(setting, found)


def _training(setting: controls.Setting) -> None:
    left, right = st.columns(2)
    steps = left.select_slider("Steps", (20, 60, 120), value=60, key="gradients.steps", bind="query-params")
    lr = right.select_slider(
        "Learning rate", (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0), value=0.03, key="gradients.lr", bind="query-params"
    )
    frames = cache.training(*setting, int(steps), float(lr))
    st.markdown(f"{captions.training(frames, steps=int(steps))} {captions.training_share(frames)}".rstrip())
    header, blob = figures.packet(frames)
    depth_curves(header, blob, key="gradients.trained")
    st.caption(captions.trained(frames[0]))
    predict.ask("Gradients while it trains", questions.steps(frames[0], float(lr)))
    source_box(figures.snippet(setting[0], setting[1], cache.IMAGES[setting[0].kind]), made_by=(depth.train,))


def _take_away(setting: controls.Setting, found: Depth) -> None:
    stack, dataset = setting
    downloads.downloads(
        [("Every layer, CSV", "gradients.csv", "text/csv", lambda: figures.table(cache.depth(stack, dataset)))],
        key="gradients",
    )
    source_box(
        figures.snippet(stack, dataset, cache.IMAGES[stack.kind]),
        made_by=(depth.measure, depth.forward, backpropagation.backpropagation),
    )
