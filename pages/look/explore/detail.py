"""The canvas, and beside it the layer or the unit that was clicked. A fragment: a click reruns only this."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.explore import captions
from pages.look.explore import against, beside, cache, drawers
from pages.look.explore import answer as says
from pages.look.explore.components.network_canvas import ShownSide, network_canvas
from pages.shared import first_paint, image_picker, messages, url_state
from pages.shared.cache import look
from pages.shared.image_picker import Picture
from pages.shared.open_network import network_without_notice

KEY = "explore.canvas"
CANVAS, BESIDE = 1.25, 1.0  # shares of the width


@st.fragment
def show(choice: str, picture: Picture) -> None:
    """The canvas, what is open beside it, and the drawers below, for this network, image and way of fitting it.

    A session's first run ends with the canvas: it is painted a second sooner than together with charts and tables,
    whose scripts the browser has yet to load.
    """
    if first_paint.CANVAS in st.session_state:
        first_paint.over()
    view = image_picker.view(choice, picture)
    opened = network_without_notice(
        choice
    )  # held to the end: where memory is short it would be built again at each look
    if opened is None:
        return
    title = captions.network(opened.spec.title, opened.provenance.label)
    seen = look(view)
    place = beside.chosen_place(seen.recording)
    two = against.chosen(view, seen)
    left, right = st.columns([CANVAS, BESIDE if place else 0.001], gap="small" if place else None)
    with left:
        selected = {"layer": place.layer, "channel": place.channel} if place else None
        network_canvas(
            against.drawing(view, two) if two else cache.drawing(view), selected=selected, key=KEY,
            caption=captions.slide(title, seen.reading), on_pick=_tile_picked,
            shown=url_state.get("shown") if two else "first", on_shown=_other_shown,
        )  # fmt: skip
        if two:
            st.caption(captions.two(two.names, says.of_two(seen, two.look), apart=two.apart, same=two.same))
    if not st.session_state.get(first_paint.CANVAS):
        st.session_state[first_paint.CANVAS] = True  # the canvas says when it is painted, which reruns this fragment
        return
    with right:
        unit = beside.show(view, seen, place, two) if place else None
    drawers.show(view, picture, seen, layer=seen.recording[place.layer] if place else None, unit=unit)
    url_state.publish(always=("network",))


def _tile_picked() -> None:
    if picked := messages.heard(KEY, "pick", messages.Place):
        url_state.change(layer=picked.layer, channel=picked.channel, row=None, column=None)


def _other_shown() -> None:
    if sent := messages.heard(KEY, "shown", ShownSide):
        url_state.change(shown=sent.what)
