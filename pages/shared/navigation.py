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
        "Layers": [
            st.Page(
                "pages/layers/convolution.py",
                title="Convolution",
                icon=":material/grid_on:",
                help="A kernel slides over numbers or a picture: every product, every setting, and what it costs.",
            ),
            st.Page(
                "pages/layers/kernels.py",
                title="Learned kernels",
                icon=":material/blur_on:",
                help="What a network's kernels became: pictures, frequencies, near duplicates, and how they got there.",
            ),
            st.Page(
                "pages/layers/pooling.py",
                title="Pooling",
                icon=":material/compress:",
                help="Pooling and upsampling: winners, what is lost, and whether it helps against shifts.",
            ),
            st.Page(
                "pages/layers/activations.py",
                title="Activations",
                icon=":material/show_chart:",
                help="Twelve activation functions, their derivatives, and what they do to a real map.",
            ),
            st.Page(
                "pages/layers/gradients.py",
                title="Gradients and depth",
                icon=":material/trending_down:",
                help="Gradient norms through a stack of layers, measured: activation, initialisation, skips.",
            ),
            st.Page(
                "pages/layers/batch_norm.py",
                title="Batch normalisation",
                icon=":material/align_vertical_center:",
                help="Step by step on numbers, and inside a trained network on your picture.",
            ),
            st.Page(
                "pages/layers/dropout.py",
                title="Dropout",
                icon=":material/grain:",
                help="Masks, both conventions, and what they do to a prediction.",
            ),
            st.Page(
                "pages/layers/data.py",
                title="Data and batches",
                icon=":material/dataset:",
                help="Pictures by class, transforms one at a time, batches, epochs and shuffling.",
            ),
        ],
        "Learn": [
            st.Page(
                "pages/learn/permuted_pixels.py",
                title="Permuted pixels",
                icon=":material/shuffle:",
                help="Four networks, five seeds each: what convolution owes to neighbourhoods, and the proof.",
            ),
            st.Page(
                TRAINING_LAB,
                title="Training lab",
                icon=":material/model_training:",
                help="Training runs: live curves, accuracy by class, confusion matrix, test pictures.",
            ),
        ],
    }
