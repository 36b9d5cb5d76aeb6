"""The lower part of Explore: the canvas, the layer and the unit. A fragment: a click reruns only this."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz import capture, outputs, units
from cnnviz.figures import maps, pictures, predictions
from cnnviz.records import Field, Layer, Unit
from cnnviz.topics.explore import captions, figures
from pages.look.explore import answer, cache
from pages.look.explore import layer as layer_view
from pages.look.explore import unit as unit_view
from pages.look.explore.components.network_canvas import network_canvas
from pages.shared import downloads, image_picker, network_picker, url_state
from pages.shared.cache import Look, look, network
from pages.shared.charts import theme
from pages.shared.image_picker import Picture
from pages.shared.source_box import source_box
from pages.shared.view import View


@st.fragment
def show(choice: str, picture: Picture) -> None:
    """Everything under the first row, for this network, picture and way of fitting it.

    A session's first run ends with the canvas: it is painted a second sooner than together with charts and tables,
    whose scripts the browser has yet to load.
    """
    view = image_picker.view(choice, picture)
    opened, seen = network(choice), look(view)
    key = network_picker.chosen_layer(seen.recording)
    channel, row, column = unit_view.chosen_unit(seen.recording[key])
    place = {"layer": key, "channel": channel, "row": row, "column": column}
    network_canvas(cache.drawing(view), selected=place, key="explore.canvas", on_pick=_tile_picked)
    if not st.session_state.get("explore.begun"):
        st.session_state["explore.begun"] = True  # the canvas says when it is painted, which reruns this fragment
        return
    st.subheader(captions.THE_LAYER, divider="gray")
    fields = cache.fields(choice)
    layer = _layer(view, seen, place, fields)
    st.subheader(captions.THE_UNIT, divider="gray")
    unit = units.explain(opened.model, seen.prepared.tensor, seen.recording, key, channel, row, column, fields=fields)
    unit_view.show(opened, seen, unit)
    answer.term_by_term(seen)
    _take_away(view, picture, layer, unit)
    url_state.publish()


def _tile_picked() -> None:
    if picked := st.session_state["explore.canvas"].get("pick"):
        url_state.change(layer=picked["layer"], channel=picked.get("channel"), row=None, column=None)


def _layer(view: View, seen: Look, place: dict[str, Any], fields: dict[str, Field]) -> Layer:
    """The layer's picker, caption, mosaic and statistics."""
    key = network_picker.layer_picker(seen.recording)
    layer, field = seen.recording[key], fields.get(key)
    st.markdown(captions.layer(layer, field))
    wanted = st.session_state.get("explore.contribution")
    top = outputs.target(seen.reading)
    given = cache.contributions(view, target=top).get(key) if wanted and top is not None else None
    wide, narrow = st.columns([3, 1], gap="medium")
    with wide:
        layer_view.mosaic_of(
            maps.mosaic_data(
                layer, contributions=given, network_limit=seen.limit, field=field, picture=seen.picture, selected=place
            )
        )
    with narrow:
        layer_view.statistics(layer, cache.histogram(view, layer=key, theme=theme()))
    return layer


def _take_away(view: View, picture: Picture, layer: Layer, unit: Unit) -> None:
    """Downloads, the snippet and the link."""
    st.subheader(captions.TAKE_AWAY, divider="gray")
    key, name = layer.key, layer.key.replace(".", "_").replace(":", "_")

    def seen() -> Look:  # asked for anew: a button that held the arrays would hold them as long as its session
        return look(view)

    downloads.downloads(
        [
            (captions.MOSAIC, f"{name}.png", "image/png", lambda: maps.mosaic_png(seen().recording[key].values)),
            (captions.AS_SEEN, "as_seen.png", "image/png", lambda: pictures.png(seen().picture)),
            (captions.LAYER, f"{name}.npz", "application/octet-stream", lambda: downloads.npz(seen().recording[key])),
            (captions.ALL_LAYERS, "layers.csv", "text/csv", lambda: downloads.table(seen().recording)),
        ],
        key="explore",
    )
    own = url_state.get("picture") == "own"
    st.caption(captions.LINK_WITHOUT_IMAGE if own else captions.LINK_WITH_SAMPLE)
    source_box(
        predictions.activations_snippet(view.choice, layer.key, picture.source, fit=view.fit),
        figures.snippet(unit, view.choice, picture.source, fit=view.fit),
        made_by=(capture.activations, units.explain, units.blank),
    )
