"""Ten test digits, moved by the amount on a slider, and what both networks read."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.shifted_pictures import figures
from pages.learn.shifted_pictures import cache, snippets
from pages.learn.shifted_pictures.components.moved_ten import moved_ten


def show() -> None:
    found = cache.ten()
    st.markdown(
        "The first test digit of each class, each in its own of eight directions, as the experiment moves its test "
        "pictures. Both networks were trained on digits where they are; a wrong answer is struck through."
    )
    header, blobs = cache.ten_drawn()
    moved_ten(header, blobs, key="shifted.ten")
    st.caption(f"{figures.ten_words(found)} Test pictures: {found.source}.")
    snippets.ten()
