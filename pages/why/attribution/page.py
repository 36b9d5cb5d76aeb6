"""Why this answer: all attribution methods on one image, the same methods on trial, and what a layer sees together."""

import streamlit as st

from cnnviz.topics.attribution import captions, parts_captions, shortcut_captions, trial_captions
from pages.shared import page_parts, url_state
from pages.why.attribution import answer, parts, shortcut, trial

PARTS = {
    "grid": (trial_captions.GRID, answer.show),
    "trial": (trial_captions.TRIAL, trial.show),
    "shortcut": (shortcut_captions.PART, shortcut.show),
    "parts": (parts_captions.PART, parts.show),
}

st.title(captions.TITLE)
part = page_parts.buttons("attribution.part", {name: label for name, (label, _) in PARTS.items()}, by_name=True)
PARTS[part][1]()
url_state.publish()
