"""The tour on Explore: a card that points at the real thing and opens it. `tour=3` in the link is its third stop."""

from __future__ import annotations

import streamlit as st

from cnnviz.plain_text import whole_number
from cnnviz.records import Activations
from cnnviz.topics.explore import figures
from cnnviz.topics.explore.tour import OFFER, STOPS
from pages.look.explore.components.tour_card import tour_card
from pages.shared import messages, url_state

AT, KEY = "explore.tour_at", "explore.tour"  # in the session: the stop whose layer is open; the component


def show(recording: Activations) -> None:
    """The slim offer, or the card of the stop that the link names. Before the canvas, which shows what it opened."""
    at = _stop()
    if at and at != st.session_state.get(AT, 0):
        _open(recording, at)
    st.session_state[AT] = at
    shown = STOPS[at - 1] if at else None
    tour_card(
        {
            "at": at, "count": len(STOPS), "offer": OFFER, "title": shown.title if shown else "",
            "says": shown.says if shown else "", "points": shown.points.replace(".", "-") if shown else "",
        },
        key=KEY, on_go=_go,
    )  # fmt: skip


def _stop() -> int:
    """The stop that the link names, from 1 on; 0 for none. One that there is not is said, and leaves the link."""
    text = st.query_params.get("tour", "")
    at = whole_number(text) or 0
    if 1 <= at <= len(STOPS):
        return at
    if "tour" in st.query_params:
        url_state.say_left_out("tour", text, f"whole numbers from 1 to {len(STOPS)}")
        del st.query_params["tour"]
    return 0


def _open(recording: Activations, at: int) -> None:
    """What this stop is about, opened beside the canvas; nothing where the network has no such layer."""
    stop = STOPS[at - 1]
    layer = stop.opens(recording) if stop.opens else None
    if layer is None:
        url_state.change(layer="")
        return
    channel, row, column = figures.strongest(layer.values)
    url_state.change(layer=layer.key)
    url_state.change(channel=channel if stop.unit else None, row=row if stop.unit else None,
                     column=column if stop.unit else None)  # fmt: skip


def _go() -> None:
    """Where somebody went: a stop from 1 on, or 0 for out of the tour."""
    wanted = messages.heard(KEY, "go", int, among=range(len(STOPS) + 1))
    if wanted:
        st.query_params["tour"] = str(wanted)
    elif wanted == 0 and "tour" in st.query_params:
        del st.query_params["tour"]
        url_state.change(layer="")
