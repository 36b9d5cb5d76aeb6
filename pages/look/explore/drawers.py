"""Below the canvas, folded: the open layer in numbers, softmax term by term, downloads and the source."""

from __future__ import annotations

import streamlit as st

from cnnviz import capture, units
from cnnviz.figures import maps, pictures, predictions
from cnnviz.records import Array, Layer, Unit
from cnnviz.topics.explore import captions, figures, slides
from pages.look.explore import answer, cache
from pages.look.explore import layer as layer_view
from pages.shared import downloads, network_picker, source_box, url_state
from pages.shared.cache import Look, look
from pages.shared.charts import chart, theme
from pages.shared.drawer import drawer
from pages.shared.image_picker import Picture
from pages.shared.view import View

SLIDE = 1600  # pixels: how wide a mosaic leaves the page


def show(view: View, picture: Picture, seen: Look, *, layer: Layer | None, unit: Unit | None) -> None:
    """layer, unit: what is open beside the canvas."""
    key = layer.key if layer else network_picker.first_layer(seen.recording)
    snippets = [predictions.activations_snippet(view.choice, key, picture.source, fit=view.fit)]
    if unit is not None:
        snippets.append(figures.snippet(unit, view.choice, picture.source, fit=view.fit))
    _folded(view, layer.key if layer is not None else None, tuple(snippets))


@st.fragment
def _folded(view: View, key: str | None, snippets: tuple[str, ...]) -> None:
    """What is made when it is opened, in one fragment: each more is a fifteenth of what a click on a tile costs.

    key: of the open layer, or None. The fragment keeps its arguments, so it is given a name and not a recording.
    """
    if key is not None:
        _in_numbers(view, key)
    answer.term_by_term(view)
    _take_away(view, key)
    source_box.within(snippets, made_by=(capture.activations, units.explain, units.blank))


def _in_numbers(view: View, key: str) -> None:
    """The layer's table and, once this is opened, its histogram, which was half of what a click on a tile cost."""
    box = drawer(captions.LAYER_IN_NUMBERS, icon="bar_chart", key="explore.numbers")
    with box:
        layer_view.statistics(look(view).recording[key])
        if box.open:
            chart(cache.histogram(view, layer=key, theme=theme()), key="explore.histogram")


def _take_away(view: View, key: str | None) -> None:
    """Downloads and what the link holds."""
    box = drawer(captions.TAKE_AWAY, icon="download", key="explore.take_away")
    if not box.open:
        return
    title = cache.network_title(view)

    def seen() -> Look:  # asked for anew: a button that held the arrays would hold them as long as its session
        return look(view)

    offered: list[downloads.Offer] = [
        (captions.AS_SEEN, "as_seen.png", "image/png", lambda: pictures.png(seen().picture)),
        (captions.ALONE_HTML, "canvas.html", "text/html", lambda: cache.alone(view)),
        (captions.ALL_LAYERS, "layers.csv", "text/csv", lambda: downloads.table(seen().recording)),
    ]
    if key is not None:
        name = key.replace(".", "_").replace(":", "_")
        offered += [
            (captions.MOSAIC, f"{name}.png", "image/png", lambda: _slide(seen(), key, title)),
            (captions.LAYER, f"{name}.npz", "application/octet-stream", lambda: downloads.npz(seen().recording[key])),
        ]
    with box:
        downloads.downloads(offered, key="explore")
        own = url_state.get("picture") == "own"
        st.caption(captions.LINK_WITHOUT_IMAGE if own else captions.LINK_WITH_SAMPLE)


def _slide(seen: Look, key: str, network: str) -> bytes:
    """All maps of a layer as large as a slide, each under its index, with what they are, of what, and the colours."""
    layer = seen.recording[key]
    title, caption = captions.plain_layer(layer), captions.slide(network, seen.reading)
    return slides.slide_png(layer.values, _symmetric(layer.values), title=title, caption=caption, wide=SLIDE)


def _symmetric(values: Array) -> maps.ColourLimits:
    found = maps.limits(maps.as_maps(values))
    top = float(found.high)
    return maps.ColourLimits(-top, top, found.clipped_share)
