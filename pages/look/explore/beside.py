"""Beside the canvas: the layer whose tile was clicked, or the unit whose cell was; Escape and two buttons lead back."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from cnnviz import outputs, units
from cnnviz.figures import maps
from cnnviz.records import Activations, Layer, Unit
from cnnviz.topics.explore import captions
from pages.look.explore import cache, gradient_of, pull
from pages.look.explore import layer as layer_view
from pages.look.explore import unit as unit_view
from pages.look.explore.against import Two
from pages.look.explore.components.how_made import how_made
from pages.shared import messages, network_picker, url_state
from pages.shared.cache import Look, network
from pages.shared.view import View

MAKING = "explore.making"


@dataclass(frozen=True)
class OpenLayer:
    """What is open: a layer, and the unit in it that is framed. unit_open: whether the unit is shown, not the layer."""

    layer: str
    channel: int
    row: int
    column: int
    unit_open: bool


def chosen_place(recording: Activations) -> OpenLayer | None:
    """What the view says is open, as far as this network has it; None where nothing is."""
    key = url_state.get("layer")
    if key not in recording.keys:
        return None
    layer = recording[key]
    unit = unit_view.chosen_unit(layer)
    return OpenLayer(key, *unit, unit_open=_names_a_unit(layer))


def _names_a_unit(layer: Layer) -> bool:
    if url_state.get("channel") is None:
        return False
    return layer.values.ndim != 3 or (url_state.get("row") is not None and url_state.get("column") is not None)


def show(view: View, seen: Look, place: OpenLayer, two: Two | None) -> Unit | None:
    """The layer or the unit; returns the unit of the first that is open. two: whose canvas is shared.

    Of the second of the two the same is told as of the first; of the difference, and of a network in training, whose
    rules are others, the maps alone.
    """
    shown = url_state.get("shown") if two else "first"
    with st.container(key="explore.beside"):
        maps_alone = two is not None and (shown == "difference" or (shown == "second" and two.training))
        _head(seen.recording, place if not maps_alone else replace(place, unit_open=False))
        if two is not None and shown != "first":
            st.caption(captions.DIFFERENCE if shown == "difference" else captions.side_shown(two.names[1]))
        if two is not None and maps_alone:
            _plainly(seen, two, place, of_both=shown == "difference")
            return None
        if two is not None and shown == "second":
            view, seen = two.view, two.look
        layer = seen.recording[place.layer]
        fields = cache.fields(view.choice)
        if not place.unit_open:
            above = st.container()  # the maps first: what they are made of takes longer
            st.caption(captions.layer(layer, fields.get(place.layer)))
            _mosaic(view, seen, place, gradient_of.chosen(seen.reading))
            with above:
                _making(view, place)
            return None
        opened = network(view.choice)
        unit = units.explain(
            opened.model, seen.prepared.tensor, seen.recording, place.layer, place.channel, place.row, place.column,
            fields=fields,
        )  # fmt: skip
        unit_view.show(view, opened, seen, unit)
        pull.show(view, seen, unit)
        return unit if shown == "first" else None


def _head(recording: Activations, place: OpenLayer) -> None:
    """Which layer, and the ways back. Escape takes the one that is one step back."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="explore.ways"):
        network_picker.layer_picker(recording, label="collapsed")
        if place.unit_open:
            st.button(
                captions.BACK_TO_LAYER, key="explore.to_layer", icon=":material/arrow_back:", on_click=_to_layer,
                shortcut="Esc",
            )  # fmt: skip
            st.button(captions.CLOSE, key="explore.close", icon=":material/close:", on_click=_close)
        else:
            st.button(captions.CLOSE, key="explore.shut", icon=":material/close:", on_click=_close, shortcut="Esc")


def _to_layer() -> None:
    layer_only = {"row": None, "column": None}
    url_state.change(**layer_only, **({} if url_state.get("row") is not None else {"channel": None}))


def _close() -> None:
    url_state.change(layer="")


def _plainly(seen: Look, two: Two, place: OpenLayer, *, of_both: bool) -> None:
    """The maps of a layer of the second, or of the difference, and nothing of how they came about."""
    first, second = seen.recording[place.layer], two.look.recording[place.layer]
    values = np.asarray(first.values - second.values if of_both else second.values)
    layer = Layer(
        first.name, first.call, first.kind, first.operation, first.module, first.inputs, first.group, values
    )  # fmt: skip
    selected = {"channel": place.channel, "row": place.row, "column": place.column}
    layer_view.mosaic_of(maps.mosaic_data(layer, picture=two.look.picture, selected=selected, difference=of_both))


def _making(view: View, place: OpenLayer) -> None:
    made = cache.making(view, layer=place.layer, channel=place.channel)
    if made is not None:
        how_made(made, key=MAKING, on_pick=_cell_of_making)


def _cell_of_making() -> None:
    if picked := messages.heard(MAKING, "pick", messages.Place):
        url_state.change(channel=picked.channel, row=picked.row, column=picked.column)


def _mosaic(view: View, seen: Look, place: OpenLayer, of: tuple[int, str] | None) -> None:
    layer = seen.recording[place.layer]
    wanted = st.session_state.get("explore.contribution")
    target = outputs.target(seen.reading)
    given = cache.contributions(view, target=target).get(place.layer) if wanted and target is not None else None
    slopes = cache.gradient(view, target=of[0], layer=place.layer) if of else None
    selected = {"channel": place.channel, "row": place.row, "column": place.column}
    if given is None and slopes is None:
        plain = cache.mosaic(view, layer=place.layer)
        layer_view.mosaic_of({**plain, "meta": {**plain["meta"], "selected": selected}})
        return
    layer_view.mosaic_of(
        maps.mosaic_data(
            layer, contributions=given, gradient=slopes, gradient_of=of[1] if of else "", network_limit=seen.limit,
            field=cache.fields(view.choice).get(place.layer), picture=cache.picture(view), selected=selected,
        )
    )  # fmt: skip
