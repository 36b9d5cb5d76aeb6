"""What a link asks for and a page's widgets do not take is said, once, above the page.

Streamlit gives a bound widget its usual value where the link's own is none of its values, and takes it out of the
address without a word.
"""

from __future__ import annotations

import math
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.plain_text import escaped
from pages.shared import named_choice

ASKED = "refused_links"  # in the session: name → the texts that the link gave it, until the page was drawn
CHOICES = "refused_links.choices"  # and the keys of choices whose values are numbers that stand for words
SAID = "The link asks for {what} “{text}”, which is left out: {there} stands there instead."
USUAL = "the page's own"


def remember() -> None:
    """Keeps what the session's first link says of widgets; to be called before any of them is drawn."""
    if ASKED not in st.session_state:
        given = {name: st.query_params.get_all(name) for name in st.query_params if "." in name}
        st.session_state[ASKED] = {name: texts for name, texts in given.items() if any(texts)}


def say(place: DeltaGenerator) -> None:
    """What was left out, into that place; to be called once the page is drawn."""
    asked: dict[str, list[str]] = st.session_state.get(ASKED, {})
    st.session_state[ASKED] = {}
    for name, texts in asked.items():
        if name not in st.session_state or named_choice.is_held(name):
            continue  # nothing on this page takes it, or what takes it says so itself
        value = st.session_state[name]
        if st.query_params.get_all(name) != texts and not _says(texts, value):
            place.warning(left_out(name, ", ".join(texts), value), icon=":material/link_off:")


def is_choice(key: str) -> None:
    """Of the widget of this key a number is no number to be read, but the place of a word in a list."""
    st.session_state.setdefault(CHOICES, set()).add(key)


def left_out(name: str, text: str, value: Any) -> str:
    """The sentence about one widget. name: its key; value: what it holds now."""
    read = name not in st.session_state.get(CHOICES, ())
    number = isinstance(value, int | float) and not isinstance(value, bool) and read
    there = f"{value:g}" if number else USUAL
    what = name.rpartition(".")[2].replace("_", " ")
    return SAID.format(what=escaped(what, longest=40), text=escaped(text, longest=80), there=there)


def _says(texts: list[str], value: Any) -> bool:
    """Whether the link's texts are another spelling of the value."""
    if isinstance(value, list | tuple):
        return sorted(texts) == sorted(map(str, value))
    text = texts[0]
    if isinstance(value, bool):
        return text.lower() == str(value).lower()
    if isinstance(value, int | float):
        try:
            return math.isclose(float(text), value)
        except ValueError:
            return False
    return text == str(value)
