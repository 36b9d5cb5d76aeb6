"""What a unit looks for: the pieces of real images that drive it, an image made for it, and a game with both."""

import streamlit as st

from cnnviz.topics.looks_for import captions, made_captions, surgery_captions
from pages.shared import url_state
from pages.why.looks_for import cut, guess, made, real, yours

PARTS = {
    "real": (captions.REAL, real.show),
    "made": (captions.MADE, made.show),
    "yours": (made_captions.YOURS, yours.show),
    "cut": (surgery_captions.PART, cut.show),
    "game": (captions.GAME, guess.show),
}

st.title(captions.TITLE)
part = st.segmented_control(
    "Part", list(PARTS), format_func=lambda name: PARTS[name][0], default="real", required=True,
    key="looks_for.part", bind="query-params", label_visibility="collapsed",
)  # fmt: skip
st.markdown(captions.INTRODUCTION[part or "real"])
PARTS[part or "real"][1]()
url_state.publish()
