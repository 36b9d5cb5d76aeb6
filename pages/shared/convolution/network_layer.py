"""A trained layer, step by step: its own kernel on a piece of what it read of your picture."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures.windows import window_data
from cnnviz.measurements import layer_patch
from cnnviz.operations import convolution
from cnnviz.proofs.convolution import against_torch
from pages.shared import loading as everywhere
from pages.shared import pickers, picture, view
from pages.shared.components.sliding_window import sliding_window
from pages.shared.convolution import loading
from pages.shared.convolution.explained import explained
from pages.shared.opened import network_of


def show() -> None:
    """Network, layer, output channel, size; then the window over that piece, proven against the recording."""
    row, notice = st.container(horizontal=True, vertical_alignment="bottom"), st.empty()
    with row:
        with st.container(width=300):
            choice = pickers.network_picker()
        opened = network_of(choice, place=notice)
        if opened is None:
            return
        at_hand = picture.popover(opened.spec)
        fit = picture.fit_at_hand()
        seen = everywhere.look(choice, at_hand.digest, fit, at_hand.image)
        keys = layer_patch.layers(opened.model, seen.recording)
        if not keys:
            st.info(f"No layer of {opened.spec.title} has kernels of so few channels: choose another network.")
            return
        place = _place(opened, seen, keys)
    cut = loading.layer_patch(choice, at_hand.digest, fit, place, _picture=at_hand.image)
    drawn = convolution.window(cut.found)
    sliding_window(window_data(drawn), key="convolution.layer_window")
    explained(cut.found, drawn, cut.proof, against_torch(cut.found))


def _place(opened: everywhere.networks.Network, seen: everywhere.Look, keys: tuple[str, ...]) -> tuple[str, int, int]:
    """(layer, output channel, cells a side)."""
    current = view.get("layer") if view.get("layer") in keys else keys[0]
    key = st.selectbox(
        "Layer whose kernels read few channels", keys, index=keys.index(current), width=260,
        key=f"convolution.small.{opened.spec.title}", persist_state="session",
    )  # fmt: skip
    last = layer_patch.channels(opened.model, seen.recording, key) - 1
    channel = st.number_input("Output channel", 0, last, min(last, view.get("channel") or 0), width=120,
                              key=f"convolution.channel.{key}", persist_state="session")  # fmt: skip
    size = st.slider("Cells a side", 7, 32, 14, key="convolution.piece", bind="query-params", width=150)
    return str(key), int(channel), int(size)
