"""Who reads whom in a dense block, as a table of colours: pointed at in the browser, a click opens the reader."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnnviz.topics.blocks import component_captions
from cnnviz.topics.blocks.figures import BlockMatrixPacket
from pages.shared.components import pack, source

_component = st.components.v2.component(
    "cnnviz_block_matrix", **source(__file__, words=component_captions.BLOCK_MATRIX)
)


def block_matrix(data: BlockMatrixPacket, *, key: str, on_pick: Callable[[], None]) -> None:
    """Draws `topics.blocks.figures.matrix`. After a click the "pick" of `messages.heard` is a column's index."""
    _component(key=key, data=pack({"key": key, **data}), on_pick_change=on_pick, height="content")
