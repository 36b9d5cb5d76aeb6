"""Channels in a row, coloured by where they come from, with the map of the one that is pointed at."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.blocks import component_captions
from cnnviz.topics.blocks.figures import BlockStripPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_block_strip", **source(__file__, words=component_captions.BLOCK_STRIP))


def block_strip(data: BlockStripPacket, *, key: str) -> None:
    """Draws `topics.blocks.figures.strip`."""
    _component(key=key, data=pack({"key": key, **data["meta"]}, **data["blobs"]), height="content")
