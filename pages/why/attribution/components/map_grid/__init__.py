"""Many maps of one image side by side, with one pointer over all of them; colours and opacity change in the browser."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnnviz.topics.attribution import captions
from cnnviz.topics.attribution.figures import MapGridPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_map_grid", **source(__file__, words=captions.MAP_GRID))


def map_grid(
    header: MapGridPacket, picture: bytes, maps: bytes, *, chosen: str, key: str, on_pick: Callable[[], None]
) -> None:
    """Draws `topics.attribution.figures.packet`; a click on a map calls `on_pick` and leaves {"name"} in the state."""
    data = pack({**header, "key": key, "chosen": chosen}, picture=picture, maps=maps)
    _component(key=key, data=data, on_pick_change=on_pick, height="content")
