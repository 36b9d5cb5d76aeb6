"""What a link asks of the frame around every page, and what of it cannot be done: said once, and out of the address.

`ask=2&quiz=7` open a question, `present=1` presents, `hide=menu,code` leaves things out, `tour=3` is a stop on Explore.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.plain_text import whole_number
from pages.shared import predict, url_state

HIDDEN = ("menu", "parts", "training", "code", "course")  # as components/guide/lessons.js offers them
LARGEST = "whole numbers from 0 to 999,999"
ON_EXPLORE = "the tour is on the page Explore; there, whole numbers from 1 on"


def say(place: DeltaGenerator, url_path: str) -> None:
    """Into that place, what of the link is left out; to be called once the page is drawn. url_path: the page's."""
    for name, right in _problems(url_path).items():
        text = st.query_params[name]
        with place:
            url_state.say_left_out(name, text, right)
        kept = [one for one in text.split(",") if one in HIDDEN] if name == "hide" else []
        if kept:
            st.query_params[name] = ",".join(kept)
        else:
            del st.query_params[name]


def _problems(url_path: str) -> Mapping[str, str]:
    """Name of what cannot be done → what would work."""
    found = {name: wrong(st.query_params[name]) for name, wrong in WRONG.items() if name in st.query_params}
    if url_path and "tour" in st.query_params:  # on Explore the tour itself says it
        found["tour"] = ON_EXPLORE
    return {name: right for name, right in found.items() if right}


def _ask(text: str) -> str:
    there = predict.asked_here()
    if not there:
        return "this part asks nothing; on others, whole numbers from 1 on"
    return "" if 1 <= (whole_number(text) or 0) <= there else f"whole numbers from 1 to {there}"


WRONG: Mapping[str, Callable[[str], str]] = {
    "ask": _ask,
    "quiz": lambda text: LARGEST if whole_number(text) is None else "",
    "present": lambda text: "" if text == "1" else "1",
    "hide": lambda text: "" if set(text.split(",")) <= set(HIDDEN) else ", ".join(HIDDEN),
}
