"""A strip of small images to choose from: one sprite, answered by a click, a tap or the arrow keys."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.shared import messages
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_thumbnails", **source(__file__))


def thumbnails(sprite: bytes, titles: Sequence[tuple[str, str]], *, size: int, selected: str, key: str) -> str | None:
    """The name that was just chosen, once; None on every other run.

    sprite: PNG of len(titles) squares of size × size pixels side by side. titles: (name, words) of each.
    """
    header = {
        "size": size,
        "selected": selected,
        "items": [{"name": name, "title": title} for name, title in titles],
    }
    _component(key=key, data=pack(header, sprite=sprite), on_pick_change=lambda: None)
    return messages.heard(key, "pick", str, among=[name for name, _ in titles])
