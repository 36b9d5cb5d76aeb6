"""How a map comes about, played: the windows slide, the products fill, their sum is the map. A click opens a cell."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnnviz.topics.explore import component_captions
from cnnviz.topics.explore.packets import MakingPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_how_made", **source(__file__, words=component_captions.HOW_MADE))


def how_made(making: MakingPacket, *, key: str, on_pick: Callable[[], None] | None = None) -> None:
    """Plays it once, when it comes. on_pick: called after a click on a cell, the "pick" of `heard`: a `Place`."""
    _component(
        key=key,
        data=pack({"key": key, "meta": making["meta"]}, pixels=making["pixels"], numbers=making["numbers"]),
        on_pick_change=on_pick or (lambda: None),
        height="content",
    )
