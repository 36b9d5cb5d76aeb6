"""The mask: over numbers, over a map, over channels; both conventions under it, and the gradient's mask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnnviz.topics.dropout import captions, figures, masks
from pages.layers.dropout import cache, controls, snippets
from pages.layers.dropout.components.dropout_mask import dropout_mask
from pages.shared import image_picker, predict, table_editor
from pages.shared.proof_badge import badges
from pages.shared.selection import network_and_picture

OVER = ("numbers", "image", "layer map", "layer channels")  # as a link says them
NUMBERS = np.array([[1.5, -2.0, 0.5, 3.0, -1.0, 0.25, 2.0, 1.0]])
SIDE = 32
PLATE = 48_000  # cells: nine plates of them are repainted within a frame or two


@dataclass(frozen=True, eq=False)
class Masked:
    """x: [K], [1, H, W] or [C, H, W]. names: the channels' own indices."""

    x: np.ndarray
    title: str
    names: tuple[int, ...]
    channelwise: bool = False


@st.fragment
def show() -> None:
    """What is masked and with which random numbers; the mask, its proofs, its code."""
    over = st.segmented_control("Over", OVER, default=OVER[0], required=True, key="dropout.over", bind="query-params")
    chosen = _chosen(over or OVER[0])
    seed = controls.seed()
    if not controls.finite(chosen.x):
        st.error(captions.NOT_FINITE_MASK)
        return
    numbers = masks.uniform(chosen.x.shape, seed=seed, channelwise=chosen.channelwise)
    data = figures.mask_data(chosen.x, numbers, title=chosen.title, names=chosen.names, p=controls.share_of_the_link())
    dropout_mask(data, key="dropout.mask")
    badges(*cache.proofs(data["meta"]["digest"], chosen.x, numbers))
    units = [round(float(one), 2) for one in chosen.x.ravel()[:64]]
    predict.ask("Dropout", ("dropped_unit", {"values": units, "p": controls.share_of_the_link()}))
    snippets.mask(chosen.x, numbers, seed=seed)


def _chosen(over: str) -> Masked:
    if over == "numbers":
        typed = table_editor.editor(captions.NUMBERS_TABLE, NUMBERS, key="dropout.numbers")
        return Masked(typed.ravel(), "numbers", tuple(range(typed.size)))
    if over == "image":
        current = image_picker.popover()
        values = cache.grey(current.digest, SIDE, current.image)
        return Masked(values[None], captions.grey_values(current.title, SIDE), (0,))
    return _of_a_layer(channels=over == "layer channels")


def _of_a_layer(*, channels: bool) -> Masked:
    at = network_and_picture()
    layer = at.layer()
    shown = figures.strongest(layer.values, cells=PLATE)
    names = tuple(int(channel) for channel in shown)
    title = f"{layer.key}, {layer.operation}"
    maps = figures.as_maps(layer.values)
    if len(layer.shape) < 2:
        st.caption(captions.vector(layer.key, layer.shape))
        return Masked(layer.values[shown], title, names)
    if channels:
        st.caption(captions.channels(layer.key, len(shown), layer.shape[0]))
        return Masked(maps[shown], title, names, channelwise=True)
    channel = st.selectbox("Channel", names, key="dropout.channel", persist_state="session", width=160)
    picked = channel if channel in names else names[0]
    return Masked(maps[[picked]], f"{title}, channel {picked}", (picked,))
