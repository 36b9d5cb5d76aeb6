"""Ten test digits, moved by the amount on a slider, and what both networks read."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.shifted_pictures import captions
from pages.learn.shifted_pictures import cache, snippets
from pages.learn.shifted_pictures.components.moved_ten import moved_ten


def show() -> None:
    """Draw ten test digits that are moved by a slider."""
    found = cache.ten()
    st.markdown(captions.TEN)
    header, blobs = cache.ten_drawn()
    moved_ten(header, blobs, key="shifted.ten")
    st.caption(captions.ten(found))
    snippets.ten()
