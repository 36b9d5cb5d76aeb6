"""Thumbnails where a layer puts them, on a canvas that zooms and pans; colours and neighbours in the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from cnnviz.topics.image_map import captions
from cnnviz.topics.image_map.figures import ImageMapPacket
from pages.shared import messages
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_image_map", **source(__file__, words=captions.IMAGE_MAP))


@dataclass(frozen=True)
class SeenMap:
    """Of which layer the map is, and what its colours say."""

    layer: str = ""
    colour: str = ""

    def __post_init__(self) -> None:
        if max(len(self.layer), len(self.colour)) > messages.LONGEST:
            raise ValueError(f"a name has {messages.LONGEST} characters at most")


def image_map(
    header: ImageMapPacket, sheet: bytes, places: bytes, near: bytes, *, seen: Mapping[str, str],
    on_seen: Callable[[], None], key: str,
) -> None:  # fmt: skip
    """Draws `topics.image_map.figures.packet`.

    seen: "layer" (a name, "" for the last) and "colour" that it opens with; another layer or colour calls `on_seen`
    and both are the "seen" of `messages.heard`, a `SeenMap`.
    """
    data = pack({**header, "key": key, "pushed": dict(seen)}, sheet=sheet, places=places, near=near)
    _component(key=key, data=data, on_seen_change=on_seen, height="content")
