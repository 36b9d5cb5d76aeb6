"""One's own digit at every place within eight pixels: what both networks say of it there."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.shifted_pictures import figures
from pages.learn.shifted_pictures import cache, snippets
from pages.learn.shifted_pictures.components.shift_map import shift_map
from pages.shared import image_picker


@st.fragment
def show() -> None:
    current = image_picker.popover(cache.spec())
    header, blobs = cache.grid_drawn(current.digest, current.image)
    shift_map(header, blobs, key="shifted.map")
    found = cache.grid(current.digest, current.image)
    st.markdown(figures.grid_words(found))
    st.caption(
        f"{found.probabilities[0, :, :, 0].size} places, up to {found.reach} pixels in each direction, all measured at "
        "once; black moves in. Point at a map to look at a place, click to stay there."
    )
    snippets.digit(current)
