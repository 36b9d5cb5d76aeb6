"""A strip of small pictures to choose from: one sprite, answered by a click, a tap or the arrow keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
_strip = st.components.v2.component(
    "cnnviz_thumbnails",
    html='<div class="strip" role="radiogroup" aria-label="Sample pictures"></div>',
    css=(HERE / "thumbnails.css").read_text(),
    js=(HERE / "thumbnails.js").read_text(),
)


def thumbnails(sprite: bytes, titles: Sequence[tuple[str, str]], *, size: int, selected: str, key: str) -> str | None:
    """The name that was just chosen, once; None on every other run.

    sprite: PNG of len(titles) squares of size × size pixels side by side. titles: (name, words) of each.
    """
    data = {
        "sprite": sprite,
        "size": size,
        "selected": selected,
        "items": [{"name": name, "title": title} for name, title in titles],
    }
    return _strip(key=key, data=data, on_pick_change=lambda: None).pick
