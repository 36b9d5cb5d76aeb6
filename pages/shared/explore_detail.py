"""The lower part of Explore: the canvas, the layer and the unit. A fragment: a click reruns only this."""

from __future__ import annotations

import streamlit as st

from cnnviz import capture, units
from cnnviz.figures import maps, pictures
from cnnviz.figures import units as unit_figures
from pages.shared import layer_view, loading, pickers, scores_view, takeaway, unit_view, view
from pages.shared.components.network_canvas import network_canvas
from pages.shared.picture import Picture
from pages.shared.source import source_box


@st.fragment
def show(choice: str, at_hand: Picture, fit: str) -> None:
    seen = loading.look(choice, at_hand.digest, fit, at_hand.image)
    drawing = loading.drawing(choice, at_hand.digest, fit, at_hand.image)
    key = current_layer(seen)
    network_canvas(
        drawing, selected={"layer": key, "channel": view.get("channel")}, key="explore.canvas", on_pick=_layer_picked
    )
    _layer(choice, at_hand, fit)
    view.publish()


def current_layer(seen: loading.Look) -> str:
    current = view.get("layer")
    return current if current in seen.recording else pickers.first_layer(seen.recording)


def _layer_picked() -> None:
    picked = st.session_state["explore.canvas"].get("pick")
    if picked:
        view.change(layer=picked["layer"], channel=picked.get("channel"), row=None, column=None)


def _layer(choice: str, at_hand: Picture, fit: str) -> None:
    seen = loading.look(choice, at_hand.digest, fit, at_hand.image)
    opened = loading.network(choice)
    st.subheader("The layer", divider="gray")
    key = pickers.layer_picker(seen.recording)
    layer = seen.recording[key]
    fields = loading.fields(choice)
    st.markdown(layer_view.layer_caption(layer, fields.get(key)))
    given = None
    if st.session_state.get("explore.contribution"):
        top = seen.scores[0].index
        given = loading.contributions(choice, at_hand.digest, fit, top, at_hand.image).get(key)
    channel, row, column = unit_view.unit_at_hand(layer)
    data = maps.mosaic_data(
        layer,
        contributions=given,
        network_limit=loading.network_limit(choice, at_hand.digest, fit, at_hand.image),
        field=fields.get(key),
        picture=loading.seen_png(choice, at_hand.digest, fit, at_hand.image),
        selected={"layer": key, "channel": channel, "row": row, "column": column},
    )
    wide, narrow = st.columns([3, 1], gap="medium")
    with wide:
        layer_view.layer_mosaic(data, layer)
    with narrow:
        layer_view.layer_statistics(layer)
    unit_view.show(opened, seen, key, fields)
    scores_view.softmax_table(seen, opened.spec)
    _take_away(choice, at_hand, fit, key)


def _take_away(choice: str, at_hand: Picture, fit: str, key: str) -> None:
    seen = loading.look(choice, at_hand.digest, fit, at_hand.image)
    layer = seen.recording[key]
    st.subheader("Take it with you", divider="gray")
    name = key.replace(".", "_").replace(":", "_")
    takeaway.downloads(
        [
            ("Mosaic, PNG", f"{name}.png", "image/png", lambda: maps.mosaic_png(layer.values)),
            ("Layer, NPZ", f"{name}.npz", "application/octet-stream", lambda: takeaway.npz(layer)),
            ("All layers, CSV", "layers.csv", "text/csv", lambda: takeaway.table(seen.recording)),
        ],
        key="explore",
    )
    st.caption("The address bar holds this view: network, sample, layer, channel and cell. A picture of your own is not in it.")
    source_box(
        unit_figures.activations_snippet(choice, key, at_hand.name or at_hand.title, fit=fit),
        capture.activations,
        units.explain,
    )
