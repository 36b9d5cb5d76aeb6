"""Many maps of one image side by side, with one pointer over all of them; colours and opacity change in the browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from cnnviz.topics.attribution import captions
from cnnviz.topics.attribution.figures import MapGridPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_map_grid", **source(__file__, words=captions.MAP_GRID))


@dataclass(frozen=True)
class PickedMap:
    """name: of the method. at: when, in ms."""

    name: str
    at: int = 0


def map_grid(
    header: MapGridPacket, picture: bytes, maps: bytes, *, chosen: str, key: str, on_pick: Callable[[], None]
) -> None:
    """Draws `topics.attribution.figures.packet`. on_pick: called after a click on a map.

    The "pick" of `messages.heard` is then a `PickedMap`.
    """
    data = pack({**header, "key": key, "chosen": chosen}, picture=picture, maps=maps)
    _component(key=key, data=data, on_pick_change=on_pick, height="content")
