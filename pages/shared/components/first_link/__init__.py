"""The first link into a page of a fresh server opens that page, and nothing over it.

As long as no script of a process has called `st.navigation`, Streamlit (1.67) looks for a linked page directly in
`pages/`, where none may stand, and says in a dialog that it is not there. Where a class opens a link on a fresh server
all at once, everybody is told so: each session closes its own, at its first run, before anything is imported that
takes time.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

CLOSED = "first_link.closed"

_component = st.components.v2.component(
    "cnnviz_first_link", js=Path(__file__).with_name("main.js").read_text("utf-8"), html="<span></span>"
)


def close_false_alarm(url_path: str) -> None:
    """Close the dialog on a session's first page, where a link led there; later nothing is done.

    url_path: the page's own; "" for the one that opens first, also in place of a page that is really not there.
    """
    if not st.session_state.get(CLOSED):
        st.session_state[CLOSED] = True
        if url_path:
            _component(key="first_link", height="content")
