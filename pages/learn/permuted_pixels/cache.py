"""The page's caches. Keys are plain values; nothing here reads the session."""

from __future__ import annotations

import streamlit as st
from PIL import Image

from cnnviz import checkpoints
from cnnviz.measurements import permuted_pixels
from cnnviz.records import Spec
from cnnviz.records.permutation import Answers, FirstWeights, NoTrick, PermutedPictures, TwoMaps
from cnnviz.records.proofs import Proof
from cnnviz.topics.permuted_pixels import figures


@st.cache_resource(max_entries=32, show_spinner=False)
def ten(seed: int, share: float, block: int, fresh: bool) -> PermutedPictures:
    """Ten digits and the same ten with their pixels permuted."""
    return permuted_pixels.ten(seed=seed, share=share, block=block, fresh=fresh)


@st.cache_resource(max_entries=64, show_spinner=False)
def sheet(seed: int, share: float, block: int, fresh: bool, *, which: str) -> bytes:
    """which: "pictures", "permuted" or "restored"."""
    return figures.sheet_png(getattr(ten(seed, share, block, fresh), which))


@st.cache_resource(show_spinner=False)
def spec() -> Spec:
    """What the shipped CNN wants an image to be: a digit like MNIST's."""
    return checkpoints.spec(permuted_pixels.run_id("cnn", permuted=False))


@st.cache_resource(show_spinner=False)
def first_weights() -> FirstWeights:
    """The first weights as trained, as they stand, and put back in order."""
    return permuted_pixels.first_weights()


@st.cache_resource(max_entries=6, show_spinner=False)
def weights(which: str, theme: str) -> bytes:
    """One of those as a PNG, in the appearance's colours."""
    found = first_weights()
    return figures.weights_png(getattr(found, which), figures.weights_limit(found), theme=theme)


@st.cache_resource(show_spinner=False)
def moved_columns() -> tuple[Proof, Proof]:
    """Checks that moved columns make FC blind to the permutation."""
    return permuted_pixels.moved_columns()


@st.cache_resource(show_spinner="Looking for the nearest convolution …")
def no_trick() -> NoTrick:
    """How near any kernel comes to undoing the permutation."""
    return permuted_pixels.no_trick()


@st.cache_resource(max_entries=12, show_spinner=False)
def feature_maps(digest: str, layer: str, _picture: Image.Image) -> TwoMaps:
    """A layer's maps for the image as it is and permuted."""
    return permuted_pixels.feature_maps(_picture, layer=layer)


@st.cache_resource(max_entries=12, show_spinner=False)
def answers(digest: str, _picture: Image.Image) -> Answers:
    """What four networks say of the image."""
    return permuted_pixels.answers(_picture)
