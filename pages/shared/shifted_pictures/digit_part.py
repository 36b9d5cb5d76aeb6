"""One's own digit at every place within eight pixels: what both networks say of it there."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures import shifted as figures
from pages.shared import picture
from pages.shared.components.shift_map import shift_map
from pages.shared.shifted_pictures import loading, source


@st.fragment
def show() -> None:
    current = picture.popover(loading.spec())
    header, blobs = loading.grid_drawn(current.digest, current.image)
    shift_map(header, blobs, key="shifted.map")
    found = loading.grid(current.digest, current.image)
    st.markdown(figures.grid_words(found))
    st.caption(
        f"{found.probabilities[0, :, :, 0].size} places, up to {found.reach} pixels in each direction, all measured at "
        "once; black moves in. Point at a map to look at a place, click to stay there."
    )
    source.digit(current)
