"""The maps of a block's steps side by side: the same channel and the same cell in all of them, read off together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_block_stages", **source(__file__))


def block_stages(data: Mapping[str, Any], *, key: str) -> None:
    """Draws `topics.blocks.figures.stages`."""
    _component(key=key, data=pack({"key": key, **data["meta"]}, **data["blobs"]), height="content")
