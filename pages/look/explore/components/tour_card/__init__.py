"""The tour's card: one stop's words, a frame around what it speaks of, and the ways back, on and out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

import streamlit as st

from cnnviz.topics.explore import component_captions
from pages.shared.components import own

_component = st.components.v2.component("cnnviz_tour_card", **own(__file__, words=component_captions.TOUR_CARD))


class TourPacket(TypedDict):
    """at: the stop, from 1; 0: the tour is only offered. points: the class that Streamlit gives to what is framed."""

    at: int
    count: int
    offer: str
    title: str
    says: str
    points: str


def tour_card(packet: TourPacket, *, key: str, on_go: Callable[[], None]) -> None:
    """on_go: called after somebody went on; the "go" of `messages.heard` is then where to, 0 for out of the tour."""
    _component(key=key, data=packet, height="content", on_go_change=on_go)
