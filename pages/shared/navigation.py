"""The table of pages. A new page is one script and one line here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.navigation.page import Page

EXPLORE = "pages/look/explore.py"
TRAINING_LAB = "pages/learn/training_lab.py"


def pages() -> Mapping[str, Sequence[Page]]:
    """Sections and their pages, in the order of the menu."""
    return {
        "Look": [
            st.Page(
                EXPLORE,
                title="Explore",
                icon=":material/visibility:",
                default=True,
                help="A picture goes through a network: every layer, every channel, and why a cell has its value.",
            ),
        ],
        "Learn": [
            st.Page(
                TRAINING_LAB,
                title="Training lab",
                icon=":material/model_training:",
                help="Training runs: live curves, accuracy by class, confusion matrix, test pictures.",
            ),
        ],
    }
