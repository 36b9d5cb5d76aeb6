"""What is pooled or enlarged: the picture at hand, or a layer's maps on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnnviz.plain_text import escaped
from cnnviz.records import Layer
from cnnviz.topics.pooling.loss_figures import strongest, unit_square
from pages.shared import image_picker as picture
from pages.shared import network_picker
from pages.shared.cache import look
from pages.shared.open_network import network_of

OF = {"picture": "the picture", "layer": "a layer's maps"}
SIDE = 128  # pixels of the picture's middle
CELLS = 200_000  # of a layer's strongest channels: what is computed within a tenth of a second


@dataclass(frozen=True, eq=False)
class Source:
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
    chosen: str | None = st.segmented_control(
        "Of", list(OF), format_func=OF.__getitem__, default="picture", required=True, key=key, persist_state="session"
    )
    return chosen or "picture"


def at_hand(of: str) -> Source | None:
    """The picture, or the layer that its pickers name; None after saying why there is none."""
    if of == "picture":
        current = picture.popover()
        values = unit_square(current.image, SIDE)
        caption = f"{escaped(current.title)}, its middle {values.shape[1]} × {values.shape[2]} pixels, values 0 to 1."
        return Source(current.digest, values, 1.0, True, 0, caption)
    return _layer()


def _layer() -> Source | None:
    left, middle, right = st.columns([3, 3, 2], gap="medium", vertical_alignment="bottom")
    with left:
        choice = network_picker.network_picker()
    opened = network_of(choice)
    if opened is None:
        return None
    with right:
        current = picture.popover(opened.spec)
    seen = look(choice, current.digest, picture.fit_at_hand(), current.image)
    maps = [layer.key for layer in seen.recording if len(layer.shape) == 3 and min(layer.shape[1:]) > 1]
    if not maps:
        st.error("No layer of this network has maps of more than one cell: choose a network that convolves.")
        return None
    with middle:
        key = network_picker.layer_picker(seen.recording, kinds=("convolution", "activation", "addition"))
    layer = seen.recording[key]
    if key not in maps:
        st.error(f"{key} has no maps of more than one cell, {list(layer.shape)}: choose an earlier layer.")
        return None
    return _strongest(layer, f"{choice}/{key}/{current.digest}/{picture.fit_at_hand()}", opened.spec.title)


def _strongest(layer: Layer, key: str, title: str) -> Source:
    """The channels with most energy, as many as are computed at once."""
    values, order, span = strongest(layer.values, CELLS)
    count = layer.shape[0]
    shown = f"all {count} channels" if len(order) == count else f"the {len(order)} strongest of {count} channels"
    caption = f"{title} · {layer.key}, {layer.operation} · {list(layer.shape)} · PSNR over {shown}; shown: {order[0]}."
    return Source(key, values, span, False, 0, caption)
