"""A trained layer, step by step: its own kernel on a piece of the input that it read."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures.windows import window_data
from cnnviz.plain_text import escaped
from cnnviz.topics.convolution import captions, convolution, intermediate_maps, layer_patch
from cnnviz.topics.convolution.proofs import against_torch
from pages.layers.convolution import cache, result, wide_layer
from pages.shared import cache as shared_cache
from pages.shared import image_picker, network_picker, url_state
from pages.shared.components.sliding_window import sliding_window
from pages.shared.open_network import network_of


def show() -> None:
    """Network, layer, output channel, size; then the window over that piece, proven against the recording."""
    row, notice = st.container(horizontal=True, vertical_alignment="bottom"), st.empty()
    with row:
        with st.container(width=300):
            choice = network_picker.network_picker()
        opened = network_of(choice, place=notice)
        if opened is None:
            return
        picture = image_picker.popover(opened.spec)
        view = image_picker.view(choice, picture)
        seen = shared_cache.look(view)
        keys = intermediate_maps.layers(opened.model, seen.recording)
        if not keys:
            st.info(captions.no_convolution(escaped(opened.spec.title)))
            return
        small = layer_patch.layers(opened.model, seen.recording)
        place = _place(opened, seen, keys, small)
    if place[0] not in small:
        found = cache.intermediate_maps(view, *place[:2])
        wide_layer.show(found, wide_layer.snippet(choice, picture.source, place[:2], fit=view.fit))
        return
    cut = cache.layer_patch(view, place)
    drawn = convolution.window(cut.found)
    sliding_window(window_data(drawn), key="convolution.layer_window")
    result.show(cut.found, drawn, cut.proof, against_torch(cut.found))


def _place(
    opened: shared_cache.networks.Network, seen: shared_cache.Look, keys: tuple[str, ...], small: tuple[str, ...]
) -> tuple[str, int, int]:
    """(layer, output channel, cells a side). A layer that reads few channels is shown cell by cell."""
    first = small[0] if small else keys[0]
    current = url_state.get("layer") if url_state.get("layer") in keys else first
    key = st.selectbox(
        "Layer", keys, index=keys.index(current), width=260,
        key=f"convolution.small.{opened.spec.title}", persist_state="session",
        help=captions.LAYER_CHOICE,
    )  # fmt: skip
    last = layer_patch.channels(opened.model, seen.recording, key) - 1
    channel = st.number_input("Output channel", 0, last, min(last, url_state.get("channel") or 0), width=120,
                              key=f"convolution.channel.{key}", persist_state="session")  # fmt: skip
    if key not in small:
        return str(key), int(channel), 0
    size = st.slider("Cells a side", 7, 32, 14, key="convolution.piece", bind="query-params", width=150)
    return str(key), int(channel), int(size)
