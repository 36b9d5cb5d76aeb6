"""A list of layers with their settings: added, removed, moved and set in the browser, checked by Python."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnnviz.topics.own_model import captions
from cnnviz.topics.own_model.figures import LayerBuilderPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_layer_builder", **source(__file__, words=captions.LAYER_BUILDER))


def layer_builder(data: LayerBuilderPacket, *, key: str, on_change: Callable[[], None]) -> None:
    """Draws `topics.own_model.figures.builder`; the layers come back in `st.session_state[key]["layers"]`.

    on_change: called before the rerun.
    """
    _component(key=key, data=pack({"key": key, **data}), on_layers_change=on_change, height="content")
