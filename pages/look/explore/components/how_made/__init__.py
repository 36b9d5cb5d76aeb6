"""How a map comes about, played: the windows slide, the products fill, their sum is the map. A click opens a cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnnviz.topics.explore import component_captions
from cnnviz.topics.explore.packets import MakingPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_how_made", **source(__file__, words=component_captions.HOW_MADE))


def how_made(making: MakingPacket, *, key: str, on_pick: Callable[[], None] | None = None) -> dict[str, Any] | None:
    """Plays it once, when it comes; returns the cell clicked last: {"layer", "channel", "row", "column"}, or None."""
    result = _component(
        key=key,
        data=pack({"key": key, "meta": making["meta"]}, pixels=making["pixels"], numbers=making["numbers"]),
        on_pick_change=on_pick or (lambda: None),
        height="content",
    )
    picked: dict[str, Any] | None = result.pick
    return picked
