"""The maps of a block's steps side by side: the same channel and the same cell in all of them, read off together."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.blocks import component_captions
from cnnviz.topics.blocks.figures import BlockStagesPacket
from pages.shared.components import pack, source

_component = st.components.v2.component(
    "cnnviz_block_stages", **source(__file__, words=component_captions.BLOCK_STAGES)
)


def block_stages(data: BlockStagesPacket, *, key: str) -> None:
    """Draws `topics.blocks.figures.stages`."""
    _component(key=key, data=pack({"key": key, **data["meta"]}, **data["blobs"]), height="content")
