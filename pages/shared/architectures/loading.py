"""What the page has counted and measured, kept for everyone: keys are a network's choice and a picture's size."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures import architectures as figures
from cnnviz.measurements import architectures as measured
from cnnviz.records.architectures import Architecture

Shape = tuple[int, int, int]


@st.cache_resource(max_entries=32, show_spinner="Counting every operation …")
def architecture(choice: str, shape: Shape | None = None) -> Architecture:
    """The network on pictures of that shape (None: its own), without weights.

    Raises pickers.CANNOT_OPEN's errors and ValueError, which are not cached.
    """
    return measured.survey(choice, shape)


@st.cache_resource(max_entries=16, show_spinner=False)
def columns(choice: str, shape: Shape) -> dict[str, list[object]]:
    """The layer table."""
    return figures.columns(architecture(choice, shape))
