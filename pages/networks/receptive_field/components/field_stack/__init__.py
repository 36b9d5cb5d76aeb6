"""A stack of equal convolutions along one row of pixels: sliders, the cells that one cell sees, the recursion."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from cnnviz.topics.receptive_field import captions
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_field_stack", **source(__file__, words=captions.FIELD_STACK))


def field_stack(width: int, settings: Mapping[str, int], most: Mapping[str, int], *, key: str) -> dict[str, int] | None:
    """Answers the sliders by itself; returns the settings that were let go of last.

    width: pixels of the row. settings: what it starts from. most: the end of each slider.
    """
    header = {"key": key, "width": width, "settings": dict(settings), "most": dict(most)}
    result = _component(key=key, data=pack(header), on_settings_change=lambda: None, height="content")
    chosen: dict[str, int] | None = result.settings
    return chosen
