"""A list of layers with their settings: added, removed, moved and set in the browser, checked by Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from cnnviz.topics.own_model import captions
from cnnviz.topics.own_model.figures import LayerBuilderPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_layer_builder", **source(__file__, words=captions.LAYER_BUILDER))


@dataclass(frozen=True)
class BuiltLayers:
    """layers: each its kind and its numbers. turn: of Python's, which the browser began from. at: when, in ms."""

    layers: tuple[Any, ...]
    turn: int
    at: int = 0


def layer_builder(data: LayerBuilderPacket, *, key: str, on_change: Callable[[], None]) -> None:
    """Draws `topics.own_model.figures.builder`. on_change: called when the layers were changed, before the rerun.

    The "layers" of `messages.heard` are then `BuiltLayers`.
    """
    _component(key=key, data=pack({"key": key, **data}), on_layers_change=on_change, height="content")
