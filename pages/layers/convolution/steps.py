"""Step by step: numbers typed over where they stand, every setting live, and the window that slides over them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.operations import OperationError
from cnnviz.topics.convolution import board_settings, captions, convolution, examples
from cnnviz.topics.convolution.board_packet import board_data
from cnnviz.topics.convolution.proofs import against_torch
from pages.layers.convolution import board_link, cache, network_layer, result
from pages.layers.convolution.components.convolution_board import convolution_board
from pages.shared import image_picker

SOURCES = ("Numbers", "Image", "Network layer")


@st.fragment
def show() -> None:
    """The whole part; a fragment, so that a control redraws only this."""
    source = st.session_state.get("convolution.source", SOURCES[0])
    if source == SOURCES[2]:
        network_layer.show()
    else:
        _own(is_picture=source == SOURCES[1])


def source() -> None:
    """Over what the kernel slides, beside the choice of the part."""
    st.segmented_control(
        "Input", SOURCES, default=SOURCES[0], required=True, key="convolution.source", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip


def _own(*, is_picture: bool) -> None:
    """Numbers or the image under a kernel and a setting of one's own."""
    pictures = _pictures() if is_picture else None
    chosen = convolution_board(board_data(pictures), board_link.current(), key="convolution.board")
    chosen = board_link.keep(chosen)
    x, weights, bias = board_settings.numbers(chosen, None if pictures is None else pictures[chosen["pixels"]].copy())
    try:
        found = convolution.convolve(x, weights, bias, setting=board_settings.setting(chosen))
        st.session_state["convolution.found"] = found
    except OperationError:  # the board says why, where it happened
        found = st.session_state.get("convolution.found") or examples.worked()
    result.show(found, convolution.window(found), against_torch(found), formula=False)


def _pictures() -> dict[int, np.ndarray]:
    """The chosen image as few pixels, [1 or 3, n, n], at every size that the board can ask for."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        picture = image_picker.popover()
        colour = st.toggle("In colour", key="convolution.colour", bind="query-params", help=captions.IN_COLOUR)
    return cache.squares(picture.digest, not colour, _picture=picture.image)
