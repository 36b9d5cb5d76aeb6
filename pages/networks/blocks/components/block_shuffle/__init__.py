"""The channel shuffle in slow motion: a row of channels becomes a grid, the grid turns, and a row again; and back."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.blocks import component_captions
from cnnviz.topics.blocks.figures import BlockShufflePacket
from pages.shared.components import pack, source

_component = st.components.v2.component(
    "cnnviz_block_shuffle", **source(__file__, words=component_captions.BLOCK_SHUFFLE)
)


def block_shuffle(data: BlockShufflePacket, *, key: str) -> None:
    """data: {"channels", "groups", "order", "back", "digest"}; order and back: which channel stands at each place."""
    _component(key=key, data=pack({"key": key, **data}), height="content")
