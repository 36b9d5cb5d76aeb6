"""What the page has computed, kept for everyone: keys are a network's choice, an image's digest and plain numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st
from PIL import Image

from cnnviz import capture, images, outputs
from cnnviz.records import Activations
from cnnviz.records.proofs import Proof
from cnnviz.topics.dropout import captions, network, statistics
from cnnviz.topics.dropout import proofs as proven
from cnnviz.topics.dropout.records import Averages, Disturbed, MaskOverlap, MonteCarlo
from pages.shared import cache
from pages.shared.image_picker import Picture
from pages.shared.view import View, by_view

NOISE = "dropout:noise"
P_OF_SLIDER = tuple(step / 100 for step in range(101))
P_OF_MAPS = tuple(step / 20 for step in range(21))


@st.cache_resource(max_entries=32, show_spinner=False)
def proofs(digest: str, _x: np.ndarray, _uniform: np.ndarray) -> tuple[Proof, ...]:
    """At every p that the slider has; for many numbers at every fifth."""
    return proven.proofs(_x, _uniform, P_OF_SLIDER if _x.size <= 256 else P_OF_MAPS)


@st.cache_resource(max_entries=32, show_spinner=False)
def averages(values: tuple[float, ...], p: float, seed: int) -> Averages:
    """Means and variances of those values under many masks."""
    return statistics.averages(np.array(values), p, seed=seed)


@st.cache_resource(max_entries=32, show_spinner=False)
def pytorch_mean(values: tuple[float, ...], p: float, seed: int) -> Proof:
    """The mean of PyTorch's own dropout against the values."""
    return proven.pytorch_mean(np.array(values), p, seed=seed)


@st.cache_resource(max_entries=16, show_spinner=False)
def sharing(units: int, seed: int) -> MaskOverlap:
    """What pairs of masks over so many units share, at each p."""
    return statistics.sharing(units, seed=seed)


@by_view(max_entries=6, show_spinner=captions.MASKING)
def disturbed(view: View, *, key: str, following: str, channelwise: bool, seed: int) -> Disturbed:
    """Raises measured.TailError, which is not cached."""
    model, recording = cache.network(view.choice).model, cache.look(view).recording
    return network.disturb(model, recording, key, following=following, channelwise=channelwise, seed=seed)


@st.cache_resource(max_entries=12, show_spinner=False)
def _held(*settings: object) -> dict[str, MonteCarlo]:
    """A place for one result: who fills it may draw a progress bar meanwhile, which a cached function may not."""
    return {}


def monte_carlo(
    view: View, *, key: str, p: float, channelwise: bool, seed: int,
    progress: Callable[[float], None],
) -> MonteCarlo:  # fmt: skip
    """Raises measured.TailError, after which nothing is held."""
    held = _held(*view.key, key, p, channelwise, seed)
    if "found" not in held:
        noisy = view.digest == NOISE
        recording = _recording_of_noise(view.choice, view.fit) if noisy else cache.look(view).recording
        opened = cache.network(view.choice)
        model, reading = opened.model, outputs.of(recording, opened.spec)
        held["found"] = network.monte_carlo(
            model, recording, key, p, channelwise=channelwise, seed=seed, progress=progress, reading=reading
        )
    return held["found"]


@st.cache_resource(max_entries=4, show_spinner=False)
def grey(digest: str, side: int, _picture: Image.Image) -> np.ndarray:
    """The image's middle as [side, side] float64 in [0, 1]."""
    return network.grey(_picture, side)


@st.cache_resource(max_entries=1, show_spinner=False)
def noise() -> Picture:
    """A image without anything in it: 256 × 256 pixels of independent, uniform colours."""
    return Picture(network.noise(256, seed=0), NOISE, "Noise", "noise")


@st.cache_resource(max_entries=2, show_spinner=captions.NOISE_RUNNING)
def _recording_of_noise(choice: str, fit: str) -> Activations:
    """Kept apart, so that the image at hand stays in its cache."""
    opened = cache.network(choice)
    return capture.activations(opened.model, images.prepare(noise().image, opened.spec, fit=fit).tensor)
