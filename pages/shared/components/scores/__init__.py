"""The likeliest classes as bars with their numbers."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures.predictions import ScoresPacket
from pages.shared.components import captions, own

_bars = st.components.v2.component(
    "cnnviz_scores",
    **own(
        __file__,
        html='<div class="scores" role="list" aria-label="Likeliest classes"></div>\n<div class="rest"></div>',
        words=captions.SCORES,
    ),
)


def scores(bars: ScoresPacket, *, key: str) -> None:
    """bars: from `cnnviz.figures.predictions.bars`."""
    _bars(key=key, data=bars)
