"""What Explore keeps: the canvas, contributions, fields, the input as the network sees it, histograms."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from cnnviz import anatomy, capture, units
from cnnviz.figures import maps, pictures
from cnnviz.records import Blanked, Field, Unit
from cnnviz.topics.explore import canvas, captions, compared, distributions
from cnnviz.topics.explore import making as played
from cnnviz.topics.explore.packets import MakingPacket
from pages.look.explore.components import alone as written_alone
from pages.shared import cache, kept_bytes
from pages.shared.view import View, by_view, of_networks

STEP = 200  # pixels: the width of the image of one step


@by_view(size=canvas.Canvas.size, most=kept_bytes.of_drawings)
def drawing(view: View) -> canvas.Canvas:
    """The whole network on one canvas."""
    seen, title = cache.look(view), cache.network(view.choice).spec.title
    return canvas.network(seen.recording, picture=seen.picture, reading=seen.reading, title=title)


@by_view(max_entries=3, show_spinner="Two on one canvas …")
def drawing_of_two(view: View, other: View, *, training: bool, names: tuple[str, str]) -> canvas.Canvas:
    """Two recordings on one canvas. Raises ValueError where they have not the same structure."""
    seen, beside = cache.look(view), cache.look(other, training=training)
    second = compared.Second(beside.recording, names, beside.picture, beside.reading)
    title = cache.network(view.choice).spec.title
    return canvas.network(seen.recording, picture=seen.picture, reading=seen.reading, title=title, second=second)


@by_view(max_entries=6, show_spinner="Which channels speak for this class …")
def contributions(view: View, *, target: int) -> dict[str, np.ndarray]:
    """Gradient × activation of one class, summed over each channel, for every layer."""
    seen = cache.look(view)
    return capture.contributions(cache.network(view.choice).model, seen.prepared.tensor, target)


@by_view(max_entries=12, show_spinner="The gradient of this score …")
def gradient(view: View, *, target: int, layer: str) -> np.ndarray:
    """d output[target] / d value of a layer, of the layer's shape, float32."""
    seen = cache.look(view)
    return capture.gradients(cache.network(view.choice).model, seen.prepared.tensor, target, [layer])[layer]


@by_view(max_entries=24)
def making(view: View, *, layer: str, channel: int) -> MakingPacket | None:
    """How one map comes about, to be played; None where no rule tells."""
    seen = cache.look(view)
    made = units.making(cache.network(view.choice).model, seen.recording, layer, channel)
    ends = {entry["key"]: entry["limit"] for entry in drawing(view).layout["layers"]}
    return None if made is None else played.packet(made, shown=ends)


def _bytes_of(packet: maps.MosaicPacket) -> int:
    return sum(len(one) for one in packet.values() if isinstance(one, bytes))


@by_view(size=_bytes_of, most=kept_bytes.of_packets)
def mosaic(view: View, *, layer: str) -> maps.MosaicPacket:
    """A layer's maps as the browser draws them, with nothing chosen and no gradient beside them."""
    seen = cache.look(view)
    return maps.mosaic_data(
        seen.recording[layer], network_limit=seen.limit, field=fields(view.choice).get(layer), picture=picture(view)
    )


@by_view(max_entries=256)
def blanked(view: View, *, layer: str, place: tuple[int, int, int], _unit: Unit) -> Blanked:
    """One cell's value with all that it does not see replaced, and with all that it sees: five passes, three numbers.

    _unit: that cell, as `units.explain` gives it.
    """
    return units.blank(cache.network(view.choice).model, cache.look(view).prepared.tensor, _unit)


@by_view(max_entries=12, show_spinner="The gradient of this unit …")
def pull(view: View, *, unit: str, place: tuple[int, ...], layer: str) -> np.ndarray:
    """d value of one cell / d value of an earlier layer, of that layer's shape, float32."""
    seen, model = cache.look(view), cache.network(view.choice).model
    return capture.gradients_of_cell(model, seen.prepared.tensor, unit, place, [layer])[layer]


@of_networks
@kept_bytes.so_many(32)  # a class's networks: each costs a pass through the network
@st.cache_resource(max_entries=32, show_spinner=False)
def fields(choice: str) -> dict[str, Field]:
    """What each layer's cells see of the image."""
    opened = cache.network(choice)
    return anatomy.fields(opened.model, opened.spec.input_shape, run=True)


def network_title(view: View) -> str:
    """The network's title with its weights, as captions say it."""
    opened = cache.network(view.choice)
    return captions.network(opened.spec.title, opened.provenance.label)


@by_view(max_entries=48)
def picture(view: View) -> bytes:
    """The input as the network sees it, as a PNG."""
    return pictures.png(cache.look(view).picture)


@by_view(max_entries=12)
def as_seen(view: View, *, width: int) -> tuple[tuple[str, bytes], ...]:
    """(caption, PNG) of the network's input, enlarged to `width` pixels, then of every step of the way there."""
    seen = cache.look(view)
    side = " × ".join(str(length) for length in cache.network(view.choice).spec.input_shape[1:])
    shown = [(f"{side}, as the network sees it", seen.picture, width)]
    shown += [(step.label, step.picture, STEP) for step in seen.prepared.steps]
    return tuple((caption, pictures.png(pictures.enlarge_to(values, size))) for caption, values, size in shown)


@by_view(max_entries=2, show_spinner="The canvas is written into one file …")
def alone(view: View) -> str:
    """The canvas as an HTML file that needs no server."""
    return written_alone.page(cache.network(view.choice), cache.look(view), drawing(view), fields(view.choice))


@by_view(max_entries=24)
def histogram(view: View, *, layer: str, theme: str) -> go.Figure:
    """How often each value of a layer occurs."""
    values = cache.look(view).recording[layer].values
    return distributions.histogram(values, title="how often each value occurs", theme=theme)
