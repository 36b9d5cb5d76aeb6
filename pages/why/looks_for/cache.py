"""What the page has asked, kept: many images as a network sees them, and what a layer makes of all of them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz import galleries
from cnnviz.records import Row
from cnnviz.topics.looks_for import ascent, canvases, goals, responses, surgery, telling, ways
from cnnviz.topics.looks_for.records import Cut, Direction, Operated, Responses, Ways
from pages.shared import cache, gallery_picker, stopping
from pages.shared.view import View, by_view, of_networks
from pages.why.looks_for.climbing import KeptClimb


@of_networks
@st.cache_resource(max_entries=32, show_spinner=False)
def rows(choice: str) -> tuple[Row, ...]:
    """The layers whose units can be asked."""
    network = cache.network(choice)
    return responses.listed(network.model, network.spec.input_shape)


def passed(choice: str, name: str, count: int, layer: str) -> stopping.Work[Responses]:
    """Where the pass of so many images as far as a layer is kept."""
    return _passed(choice, name, count, gallery_picker.version(name), layer)


@of_networks
@st.cache_resource(max_entries=12, show_spinner=False)
def _passed(choice: str, name: str, count: int, version: int, layer: str) -> stopping.Work[Responses]:
    return stopping.Work()


@of_networks
@st.cache_resource(max_entries=24, show_spinner=False)
def climbs(choice: str, *key: str | int) -> KeptClimb:
    """Where the latest frames of a climb are kept: fewer steps than were asked for where it was ended on its way."""
    return KeptClimb()


@of_networks
@st.cache_resource(max_entries=24, show_spinner=False)
def pace(choice: str, layer: str, count: int) -> list[float]:
    """Where the seconds of one step of so many images as far as a layer are kept; empty until one was made."""
    return []


@by_view(max_entries=12)
def own_climbs(view: View, layer: str, kind: str, steps: int, seed: int) -> KeptClimb:
    """The same for what is made from the image at hand."""
    return KeptClimb()


@by_view(max_entries=24)
def operated(view: View, cuts: tuple[Cut, ...], seen: str) -> Operated:
    """What the image's maps at one layer and its outputs become by these cuts."""
    return surgery.operate(cache.network(view.choice).model, cache.look(view).prepared.tensor, cuts, [seen])


@by_view(max_entries=48)
def telling_channel(view: View, layer: str) -> int:
    """The channel of a layer that the image's answer leans on most, of those whose maps show something."""
    look = cache.look(view)
    return telling.channel(cache.network(view.choice).model, look.prepared.tensor, look.recording, layer)


def direction(choice: str, images: galleries.Gallery, layer: str, start: int, end: int) -> Direction | None:
    """The way from one class of these images to another, kept; None where there is none."""
    known = _directions(choice, images.name, len(images), gallery_picker.version(images.name), layer, start, end)
    if not known:
        try:
            known.append(goals.between(cache.network(choice).model, images, layer, start, end))
        except ValueError:
            return None
    return known[0]


@of_networks
@st.cache_resource(max_entries=24, show_spinner=False)
def _directions(choice: str, name: str, count: int, version: int, layer: str, start: int, end: int) -> list[Direction]:
    """Where they are kept."""
    return []


def strengths(choice: str, images: galleries.Gallery) -> Any:
    """How strong each frequency is in these images, kept."""
    known = _strengths(choice, images.name, len(images), gallery_picker.version(images.name))
    if not known:
        known.append(canvases.strengths(images))
    return known[0]


@of_networks
@st.cache_resource(max_entries=6, show_spinner=False)
def _strengths(choice: str, name: str, count: int, version: int) -> list[Any]:
    """Where they are kept."""
    return []


def way(choice: str, images: galleries.Gallery, layer: str, frame: ascent.AscentFrame, real: tuple[int, ...]) -> Ways:
    """The ways of the made and the real images through the layers, kept."""
    known = _ways(choice, images.name, len(images), layer, frame.picture.tobytes(), real)
    if not known:
        known.append(ways.of(cache.network(choice).model, images, rows(choice), layer, frame.tensor, real))
    return known[0]


@of_networks
@st.cache_resource(max_entries=24, show_spinner=False)
def _ways(choice: str, name: str, count: int, layer: str, picture: bytes, real: tuple[int, ...]) -> list[Ways]:
    """Where they are kept."""
    return []
