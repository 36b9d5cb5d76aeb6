"""Blocks for phones: depthwise separable, inverted residual, squeeze-and-excitation, channel shuffle."""

from __future__ import annotations

import streamlit as st

from pages.shared.blocks import gates_view, inverted_view, separable_view, shuffle_view

PARTS = {
    "Depthwise separable": separable_view.show,
    "Inverted residual": inverted_view.show,
    "Squeeze-and-excitation": gates_view.show,
    "Channel shuffle": shuffle_view.show,
}
FIRST = "Depthwise separable"


def show() -> None:
    part = st.segmented_control(
        "Kind", list(PARTS), default=FIRST, required=True, key="blocks.mobile", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    PARTS[part or FIRST]()
