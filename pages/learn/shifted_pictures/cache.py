"""The page's caches. Keys are plain values; nothing here reads the session."""

from __future__ import annotations

import streamlit as st
from PIL import Image

from cnnviz import checkpoints
from cnnviz.measurements.permuted_pixels import run_id
from cnnviz.records import Spec
from cnnviz.topics.shifted_pictures import digits, figures
from cnnviz.topics.shifted_pictures.figures import ShiftedDigitsPacket, ShiftMapPacket
from cnnviz.topics.shifted_pictures.records import ShiftedDigits, ShiftGrid


@st.cache_resource(show_spinner=False)
def spec() -> Spec:
    """What the shipped CNN wants an image to be: a digit like MNIST's."""
    return checkpoints.spec(run_id("cnn", permuted=False))


@st.cache_resource(show_spinner=False)
def sizes() -> dict[str, int]:
    """Parameters of both networks."""
    return digits.parameters()


@st.cache_resource(show_spinner=False)
def cells() -> list[tuple[str, int]]:
    """The CNN's layers whose cells lie more than a pixel apart, and how many pixels."""
    return digits.cells()


@st.cache_resource(show_spinner=False)
def ten() -> ShiftedDigits:
    """Ten test digits at every shift, with what both networks read."""
    return digits.ten()


@st.cache_resource(show_spinner=False)
def ten_drawn() -> tuple[ShiftedDigitsPacket, dict[str, bytes]]:
    """The same for the browser."""
    return figures.shifted_digits(ten())


@st.cache_resource(max_entries=12, show_spinner="The digit goes to every place …")
def grid(digest: str, _picture: Image.Image) -> ShiftGrid:
    """What both networks say of the image at every place."""
    return digits.grid(_picture)


@st.cache_resource(max_entries=12, show_spinner=False)
def grid_drawn(digest: str, _picture: Image.Image) -> tuple[ShiftMapPacket, dict[str, bytes]]:
    """The same for the browser."""
    return figures.shift_map(grid(digest, _picture))
