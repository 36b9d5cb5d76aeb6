"""An image with the box that a cell sees, beside the layer's map: pointed at and chosen in the browser."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnnviz.topics.receptive_field import captions
from cnnviz.topics.receptive_field.figures import FieldMapPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_field_map", **source(__file__, words=captions.FIELD_MAP))


def field_map(data: FieldMapPacket, *, key: str, on_pick: Callable[[], None]) -> None:
    """Draws `topics.receptive_field.figures.field_map`. on_pick: called before the rerun of a click on a cell.

    The "pick" of `messages.heard` is then its `Place`.
    """
    packet = pack({"key": key, **data["header"]}, **data["blobs"])
    _component(key=key, data=packet, on_pick_change=on_pick, height="content")
