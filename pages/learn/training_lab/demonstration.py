"""One click, and something trains: a small network on the digits, for whoever has just come."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.training_lab import captions
from cnnviz.training.presets import PRESETS, QUICK
from pages.shared.training import panel


def show() -> None:
    """The way in: what the page is for, and a button that trains at once."""
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.markdown(captions.INTRODUCTION)
    under_way = (run := panel.current()) is not None and run.status().alive
    right.button(
        captions.DEMONSTRATION, type="primary", key="lab.demonstration", icon=":material/play_arrow:",
        help=captions.DEMONSTRATION_HELP, width="stretch", disabled=under_way,
        on_click=panel.start, args=(lambda: PRESETS[QUICK],),
    )  # fmt: skip
