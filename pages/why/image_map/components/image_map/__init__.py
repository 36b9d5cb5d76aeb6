"""Thumbnails where a layer puts them, on a canvas that zooms and pans; colours and neighbours in the browser."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.image_map.figures import ImageMapPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_image_map", **source(__file__))


def image_map(header: ImageMapPacket, sheet: bytes, places: bytes, near: bytes, *, key: str) -> None:
    """Draws `topics.image_map.figures.packet`."""
    _component(key=key, data=pack({**header, "key": key}, sheet=sheet, places=places, near=near), height="content")
