"""What the convolution page keeps, by plain keys: the picture as numbers."""

from __future__ import annotations

import numpy as np
import streamlit as st
from PIL import Image

from cnnviz.operations import picture_numbers


@st.cache_resource(max_entries=24, show_spinner=False)
def square(digest: str, size: int, grey: bool, *, _picture: Image.Image) -> np.ndarray:
    """The middle square of that picture, [1 or 3, size, size] float64, 0 to 1."""
    return picture_numbers.square(_picture, size, grey=grey)
