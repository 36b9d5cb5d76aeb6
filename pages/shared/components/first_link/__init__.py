"""The first link into a page of a fresh server opens that page, and nothing over it.

As long as no script of a process has called `st.navigation`, Streamlit (1.67) looks for a linked page directly in
`pages/`, where none may stand, and says in a dialog that it is not there.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "cnnviz_first_link", js=Path(__file__).with_name("main.js").read_text("utf-8"), html="<span></span>"
)
_seen: list[bool] = []  # one entry after this process's first page


def close_false_alarm() -> None:
    """Close the dialog on the first page of a process; later nothing is done. Call where the page is known to exist."""
    if not _seen:
        _seen.append(True)
        _component(key="first_link", height="content")
