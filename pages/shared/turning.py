"""To another page from within a script, for sure.

A timer of a fragment that asks for its next run at the very moment at which `st.switch_page` asks for the other page
takes its place: Streamlit joins both requests, and of two pages the later one's stays. So the wish is kept until that
page has come, and the next run of the whole script, which is the one that was joined, turns to it once more.
"""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from pages.shared.navigation import ROWS

WANTED, TRIES = "turning.wanted", 3  # in the session: (script, how often it may still be asked for)


def to(script: str) -> NoReturn:
    """The page of that script, with nothing in the link: what is bound to it would else forbid to turn."""
    st.session_state[WANTED] = (script, TRIES)
    st.switch_page(script, query_params={})


def again(url_path: str) -> None:
    """To be called once a run of the whole script, of the page at that address, before anything of it is drawn."""
    script, tries = st.session_state.pop(WANTED, ("", 0))
    if tries and url_path != next(row.url_path for row in ROWS if row.path == script):
        st.session_state[WANTED] = (script, tries - 1)
        st.switch_page(script, query_params={})
