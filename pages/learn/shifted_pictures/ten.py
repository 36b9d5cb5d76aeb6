"""Ten test digits, moved by the amount on a slider, and what both networks read."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.shifted_pictures import captions, questions
from pages.learn.shifted_pictures import cache, snippets
from pages.learn.shifted_pictures.components.shifted_digits import shifted_digits
from pages.shared import predict


def show() -> None:
    """Draw ten test digits that are moved by a slider."""
    found = cache.ten()
    header, blobs = cache.ten_drawn()
    shifted_digits(header, blobs, key="shifted.ten")
    st.caption(captions.ten(found))
    predict.ask("Ten digits", questions.followed(cache.cells()))
    snippets.ten()
