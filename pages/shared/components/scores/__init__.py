"""The likeliest classes as bars with their numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent
_bars = st.components.v2.component(
    "cnnviz_scores",
    html='<div class="scores" role="list" aria-label="Likeliest classes"></div>\n<div class="rest"></div>',
    css=(HERE / "scores.css").read_text("utf-8"),
    js=(HERE / "scores.js").read_text("utf-8"),
)


def scores(bars: dict[str, Any], *, key: str) -> None:
    """bars: from `cnnviz.figures.predictions.bars`."""
    _bars(key=key, data=bars)
