"""What a unit looks for: the pieces of real images that drive it, an image made for it, and a game with both."""

import streamlit as st

from cnnviz.topics.looks_for import captions, made_captions, surgery_captions
from pages.shared import page_parts, url_state
from pages.why.looks_for import cut, guess, made, real, yours

PARTS = {
    "real": (captions.REAL, real.show),
    "made": (captions.MADE, made.show),
    "yours": (made_captions.YOURS, yours.show),
    "cut": (surgery_captions.PART, cut.show),
    "game": (captions.GAME, guess.show),
}

st.title(captions.TITLE)
labels = {name: label for name, (label, _) in PARTS.items()}
part = page_parts.choose("looks_for.part", labels, captions.INTRODUCTION, by_name=True)
PARTS[part][1]()
url_state.publish()
