"""An image with the box that a cell sees, beside the layer's map: pointed at and chosen in the browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnnviz.topics.receptive_field import captions
from cnnviz.topics.receptive_field.figures import FieldMapPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_field_map", **source(__file__, words=captions.FIELD_MAP))


def field_map(data: FieldMapPacket, *, key: str, on_pick: Callable[[], None]) -> dict[str, Any] | None:
    """Draws `topics.receptive_field.figures.field_map`; returns the cell clicked last: {"layer", "row", "column"}.

    on_pick: called before the rerun.
    """
    packet = pack({"key": key, **data["header"]}, **data["blobs"])
    result = _component(key=key, data=packet, on_pick_change=on_pick, height="content")
    picked: dict[str, Any] | None = result.pick
    return picked
