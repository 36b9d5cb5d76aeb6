"""What comes before everything else: a server's first visitors are told what they wait for, and nothing wrong.

Here nothing is imported that takes time. PyTorch does, some seconds at a server's start, and `app.py` imports it after
this has been shown.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.shared.components.first_link import close_false_alarm
from pages.shared.navigation import ROWS

STARTING = "**cnnviz** starts: PyTorch is being loaded, which takes a few seconds the first time."


@contextmanager
def shown() -> Iterator[None]:
    """Around the imports that take time: what is said meanwhile is gone afterwards."""
    with st.container(key="first"):
        close_false_alarm(linked(st.context.url))
        said = st.empty()
    if "torch" not in sys.modules:
        said.markdown(STARTING)
    try:
        yield
    finally:
        said.empty()


def linked(address: str | None) -> str:
    """The page that an address names, by its place in the address; "" for the one that opens first, and for no page."""
    last = (address or "").partition("#")[0].partition("?")[0].rstrip("/").rpartition("/")[2]
    return last if any(row.url_path == last for row in ROWS) else ""
