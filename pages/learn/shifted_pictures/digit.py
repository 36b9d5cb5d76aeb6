"""One's own digit at every place within eight pixels: what both networks say of it there."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.shifted_pictures import captions, questions
from pages.learn.shifted_pictures import cache, snippets
from pages.learn.shifted_pictures.components.shift_map import shift_map
from pages.shared import image_picker, misfit, predict


@st.fragment
def show() -> None:
    """Draw the part about one's own digit."""
    current = image_picker.popover(cache.spec())
    misfit.show(cache.spec(), current)
    header, blobs = cache.grid_drawn(current.digest, current.image)
    shift_map(header, blobs, key="shifted.map")
    found = cache.grid(current.digest, current.image)
    st.markdown(captions.grid(found))
    st.caption(captions.places(found))
    predict.ask("Your digit", questions.places(found))
    snippets.digit(current)
