"""Ten test digits, moved by the amount on a slider, and what both networks read."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures import shifted as figures
from pages.shared.components.moved_ten import moved_ten
from pages.shared.shifted_pictures import loading, source


def show() -> None:
    found = loading.ten()
    st.markdown(
        "The first test digit of each class, each in its own of eight directions, as the experiment moves its test "
        "pictures. Both networks were trained on digits where they are; a wrong answer is struck through."
    )
    header, blobs = loading.ten_drawn()
    moved_ten(header, blobs, key="shifted.ten")
    st.caption(f"{figures.ten_words(found)} Test pictures: {found.source}.")
    source.ten()
