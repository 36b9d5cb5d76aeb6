"""A stack of equal convolutions along one row of pixels: sliders, the cells that one cell sees, the recursion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from cnnviz.topics.receptive_field import captions
from pages.shared import messages
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_field_stack", **source(__file__, words=captions.FIELD_STACK))


@dataclass(frozen=True)
class StackSettings:
    """What the sliders say: of each convolution, and how many there are."""

    kernel: int
    stride: int
    dilation: int
    padding: int
    depth: int


def field_stack(width: int, settings: Mapping[str, int], most: Mapping[str, int], *, key: str) -> StackSettings | None:
    """Answers the sliders by itself; returns the settings that were let go of last.

    width: pixels of the row. settings: what it starts from. most: the end of each slider.
    """
    header = {"key": key, "width": width, "settings": dict(settings), "most": dict(most)}
    _component(key=key, data=pack(header), on_settings_change=lambda: None, height="content")
    return messages.heard(key, "settings", StackSettings)
