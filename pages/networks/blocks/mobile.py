"""Blocks for phones: depthwise separable, inverted residual, squeeze-and-excitation, channel shuffle."""

from __future__ import annotations

import streamlit as st

from pages.networks.blocks import gates, inverted, separable, shuffle

PARTS = {
    "Depthwise separable": separable.show,
    "Inverted residual": inverted.show,
    "Squeeze-and-excitation": gates.show,
    "Channel shuffle": shuffle.show,
}
FIRST = "Depthwise separable"


def show() -> None:
    """Draw the kind of mobile block that is chosen."""
    part = st.segmented_control(
        "Kind", list(PARTS), default=FIRST, required=True, key="blocks.mobile", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    PARTS[part or FIRST]()
