"""Why this answer: all attribution methods on one image, the same methods on trial, and what a layer sees together."""

import streamlit as st

from cnnviz.topics.attribution import captions, parts_captions, shortcut_captions, trial_captions
from pages.shared import url_state
from pages.why.attribution import answer, parts, shortcut, trial

PARTS = {
    "grid": (trial_captions.GRID, answer.show),
    "trial": (trial_captions.TRIAL, trial.show),
    "shortcut": (shortcut_captions.PART, shortcut.show),
    "parts": (parts_captions.PART, parts.show),
}

st.title(captions.TITLE)
part = st.segmented_control(
    "Part", list(PARTS), format_func=lambda name: PARTS[name][0], default="grid", required=True,
    key="attribution.part", bind="query-params", label_visibility="collapsed",
)  # fmt: skip
PARTS[part or "grid"][1]()
url_state.publish()
