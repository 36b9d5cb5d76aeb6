"""What is pooled or enlarged: the chosen image, or a layer's feature maps on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnnviz.plain_text import escaped
from cnnviz.records import Layer
from cnnviz.topics.pooling import loss_captions
from cnnviz.topics.pooling.loss_figures import strongest, unit_square
from pages.shared import image_picker, network_picker
from pages.shared.cache import look
from pages.shared.open_network import network_of

OF = {"picture": "the picture", "layer": "a layer's maps"}
SIDE = 128  # pixels of the image's middle
CELLS = 200_000  # of a layer's strongest channels: what is computed within a tenth of a second


@dataclass(frozen=True, eq=False)
class PoolingInput:
    """values: [C, H, W] float64. key: a plain name for caches. span: the range that values can have.

    picture: three channels of colour. channel: the map that is shown.
    """

    key: str
    values: np.ndarray
    span: float
    picture: bool
    channel: int
    caption: str


def which(key: str) -> str:
    """ "picture" or "layer", as chosen. key: the widget's own."""
    chosen: str | None = st.segmented_control(
        "Of", list(OF), format_func=OF.__getitem__, default="picture", required=True, key=key, persist_state="session"
    )
    return chosen or "picture"


def source(of: str) -> PoolingInput | None:
    """The image, or the layer that its pickers name; None after saying why there is none."""
    if of == "picture":
        current = image_picker.popover()
        values = unit_square(current.image, SIDE)
        caption = loss_captions.image_source(escaped(current.title), *values.shape[1:])
        return PoolingInput(current.digest, values, 1.0, True, 0, caption)
    return _layer()


def _layer() -> PoolingInput | None:
    left, middle, right = st.columns([3, 3, 2], gap="medium", vertical_alignment="bottom")
    with left:
        choice = network_picker.network_picker()
    opened = network_of(choice)
    if opened is None:
        return None
    with right:
        current = image_picker.popover(opened.spec)
    view = image_picker.view(choice, current)
    seen = look(view)
    maps = [layer.key for layer in seen.recording if len(layer.shape) == 3 and min(layer.shape[1:]) > 1]
    if not maps:
        st.error(loss_captions.NO_MAPS)
        return None
    with middle:
        key = network_picker.layer_picker(seen.recording, kinds=("convolution", "activation", "addition"))
    layer = seen.recording[key]
    if key not in maps:
        st.error(loss_captions.one_cell(key, layer.shape))
        return None
    return _strongest(layer, "/".join((*view.key, key)), opened.spec.title)


def _strongest(layer: Layer, key: str, title: str) -> PoolingInput:
    """The channels with most energy, as many as are computed at once."""
    values, order, span = strongest(layer.values, CELLS)
    named = f"{layer.key}, {layer.operation}"
    caption = loss_captions.layer_source(escaped(title), named, layer.shape, pooled=len(order), shown=order[0])
    return PoolingInput(key, values, span, False, 0, caption)
