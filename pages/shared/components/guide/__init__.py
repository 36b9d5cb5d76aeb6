"""What goes along on every page: words that explain themselves, the course's progress, Present mode, lesson links.

All of it answers in the browser. Progress is a list of addresses that this browser keeps (localStorage), nothing else;
it comes to Python once, where the session knows fewer.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.glossary import TERMS
from pages.shared import messages
from pages.shared.components import captions, own

KEY = "guide"
_component = st.components.v2.component("cnnviz_guide", **own(__file__, words=captions.GUIDE))
_terms = [{"name": term.name, "says": term.says, "spellings": [term.name, *term.spellings]} for term in TERMS]


def guide(here: str, seen: Sequence[str], stops: Sequence[str]) -> list[str]:
    """here: the page's address; seen: those that the session knows; stops: all. Returns what the browser remembers."""
    _component(
        key=KEY, data={"here": here, "seen": list(seen), "stops": list(stops), "terms": _terms}, height="content",
        on_seen_change=lambda: None,
    )  # fmt: skip
    return [one for one in messages.heard(KEY, "seen", tuple[str, ...]) or () if one in stops]
