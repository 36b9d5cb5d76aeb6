"""Which network, which images, which layer and which of its channels; the pass of all images through it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnviz import galleries
from cnnviz.figures.numbers import whole_percent
from cnnviz.topics.looks_for import captions, patches, responses
from cnnviz.topics.looks_for.records import Responses
from pages.shared import gallery_picker, selection, stopping, url_state
from pages.why.looks_for import cache


@dataclass(frozen=True, eq=False)
class ChosenPass:
    """What was chosen, and what came of the pass. count: of images that were asked for; layer: the one in the list."""

    here: selection.Selection
    gallery: galleries.Gallery
    count: int
    found: Responses
    channel: int
    layer: str


def everything(*, channel: bool = True) -> ChosenPass | None:
    """One line of pickers; None, with the reason on the page, where there is nothing to show."""
    columns = st.columns([2.1, 1.4, 1.6, 2.6, 1.3], gap="small", vertical_alignment="bottom")
    here = selection.in_line(*columns[:2])
    with columns[2]:
        name, count = gallery_picker.picker(here, key="looks_for", many=gallery_picker.COUNTS[2])
    if not cache.rows(here.choice):
        st.info(captions.NO_MAPS, icon=":material/info:")
        return None
    with columns[3]:
        layer = _layer(here)
    asked = through(here, name, count, responses.rectified(cache.rows(here.choice), layer))
    if asked is None:
        return None
    images, found = asked
    number = 0
    if channel:
        with columns[4]:
            number = _channel(found)
    return ChosenPass(here, images, count, found, number, layer)


def through(
    here: selection.Selection, name: str, count: int, layer: str, *, key: str = "looks_for.pass"
) -> tuple[galleries.Gallery, Responses] | None:
    """The images, and what a layer makes of them; None, with the reason on the page, where that is not there.

    key: of one pass on a page, where there are several.
    """
    found = None
    with gallery_picker.said(st.empty()):
        images = gallery_picker.gallery(here.choice, name, count)
        found = stopping.done(
            cache.passed(here.choice, name, count, layer),
            lambda begun, tell: responses.of(here.network.model, images, layer, progress=tell, begun=begun),
            key=key, name=(here.choice, name, count, layer),
            says=lambda share: captions.RUNNING.format(len(images), layer, whole_percent(share)),
            stopped=lambda begun: captions.STOPPED.format(responses.through(begun), len(images)),
        )  # fmt: skip
    return None if found is None else (images, found)


def image_and_layer(*, rectified: bool = True) -> tuple[selection.Selection, str] | None:
    """The pickers without the many images; None, with the reason on the page, where no layer can be asked.

    rectified: the layer before an activation function that is chosen.
    """
    columns = st.columns([2.1, 1.4, 2.6], gap="small", vertical_alignment="bottom")
    here = selection.in_line(*columns[:2])
    if not cache.rows(here.choice):
        st.info(captions.NO_MAPS, icon=":material/info:")
        return None
    with columns[2]:
        layer = _layer(here)
    return here, responses.rectified(cache.rows(here.choice), layer) if rectified else layer


def _layer(here: selection.Selection) -> str:
    """The view's layer, where its units can be asked; else the deepest one whose cells see at most half the image."""
    rows = {row.name: row for row in cache.rows(here.choice)}
    words = {name: f"{name}  ·  sees {row.receptive_field.size}  ·  {row.operation}" for name, row in rows.items()}
    current = url_state.get("layer")
    st.session_state["looks_for.layer"] = (
        current if current in rows else responses.first(tuple(rows.values()), here.network.spec.input_shape)
    )
    st.selectbox(
        captions.LAYER, list(words), format_func=words.__getitem__, key="looks_for.layer",
        on_change=lambda: url_state.change(layer=st.session_state["looks_for.layer"]),
    )  # fmt: skip
    return str(st.session_state["looks_for.layer"])


def _channel(found: Responses) -> int:
    kept = url_state.get("channel")
    right = isinstance(kept, int) and 0 <= kept < found.channels
    st.session_state["looks_for.channel"] = kept if right else int(patches.sharpest(found)[0])
    st.number_input(
        captions.CHANNEL, 0, found.channels - 1, step=1, key="looks_for.channel", help=captions.CHANNEL_HELP,
        on_change=lambda: url_state.change(channel=int(st.session_state["looks_for.channel"])),
    )  # fmt: skip
    return int(st.session_state["looks_for.channel"])
