"""The only place that caches. Keys are plain values: a network's choice, a picture's digest, how it is fitted.

Nothing here reads the session: what is cached for one person is right for every other.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from PIL import Image

from cnnviz import anatomy, capture, images, networks, samples
from cnnviz import sample_predictions as drawn_from
from cnnviz.figures import canvas, distributions, maps, pictures, predictions
from cnnviz.records import Activations, Field, Score

STEP = 200  # pixels: the width of the picture of one step


@dataclass(frozen=True, eq=False)
class Look:
    """One picture through one network: everything that the page shows before anyone clicks."""

    prepared: images.Prepared
    picture: np.ndarray  # [H, W, 3] uint8: what the network sees
    recording: Activations
    scores: tuple[Score, ...]
    classes: tuple[str, ...]
    limit: float  # the largest size of any value in the recording: the range of "scaled by the network"


@st.cache_resource(max_entries=6, show_spinner="Building the network …")
def network(choice: str) -> networks.Network:
    """The network of that choice, shared by everyone: recording on it is exclusive (cnnviz.capture holds the lock)."""
    return networks.open_network(choice)


@st.cache_resource(max_entries=12, show_spinner=False)
def picture(digest: str, _data: bytes) -> Image.Image:
    """The decoded picture of those bytes; raises images.ImageError, which is not cached."""
    return images.read(_data)


@st.cache_resource(max_entries=2, show_spinner="The picture goes through the network …")
def look(choice: str, digest: str, fit: str, _picture: Image.Image) -> Look:
    opened = network(choice)
    prepared = images.prepare(_picture, opened.spec, fit=fit)
    recording = capture.activations(opened.model, prepared.tensor)
    return Look(
        prepared,
        images.to_picture(prepared.tensor, opened.spec),
        recording,
        predictions.scores(recording.logits, opened.spec.classes),
        opened.spec.classes,
        maps.network_limit(recording),
    )


@st.cache_resource(max_entries=6, show_spinner=False)
def drawing(choice: str, digest: str, fit: str, _picture: Image.Image) -> canvas.Canvas:
    """The whole network on one canvas."""
    seen = look(choice, digest, fit, _picture)
    return canvas.network(seen.recording, picture=seen.picture, classes=seen.classes, title=network(choice).spec.title)


@st.cache_resource(max_entries=6, show_spinner="Which channels speak for this class …")
def contributions(choice: str, digest: str, fit: str, _picture: Image.Image, *, target: int) -> dict[str, np.ndarray]:
    """Gradient × activation of one class, summed over each channel, for every layer."""
    seen = look(choice, digest, fit, _picture)
    return capture.contributions(network(choice).model, seen.prepared.tensor, target)


@st.cache_resource(max_entries=6, show_spinner=False)
def fields(choice: str) -> dict[str, Field]:
    opened = network(choice)
    return anatomy.fields(opened.model, opened.spec.input_shape, run=True)


@st.cache_resource(max_entries=12, show_spinner=False)
def as_seen(choice: str, digest: str, fit: str, _picture: Image.Image, *, width: int) -> tuple[tuple[str, bytes], ...]:
    """(caption, PNG) of the network's input, enlarged to `width` pixels, then of every step of the way there."""
    seen = look(choice, digest, fit, _picture)
    side = " × ".join(str(length) for length in network(choice).spec.input_shape[1:])
    shown = [(f"{side}, as the network sees it", seen.picture, width)]
    shown += [(step.label, step.picture, STEP) for step in seen.prepared.steps]
    return tuple((caption, pictures.png(pictures.enlarge_to(values, size))) for caption, values, size in shown)


@st.cache_resource(max_entries=24, show_spinner=False)
def histogram(choice: str, digest: str, fit: str, _picture: Image.Image, *, layer: str, theme: str) -> go.Figure:
    """How often each value of a layer occurs."""
    values = look(choice, digest, fit, _picture).recording[layer].values
    return distributions.histogram(values, title="how often each value occurs", theme=theme)


@st.cache_resource(show_spinner=False)
def sample_sprite(size: int) -> bytes:
    """All samples side by side, each size × size pixels, as one PNG."""
    tiles = [np.asarray(samples.square(item.name, size)) for item in samples.names()]
    return pictures.png(np.concatenate(tiles, axis=1))


@st.cache_resource(max_entries=64, show_spinner=False)
def sample(name: str) -> Image.Image:
    return samples.read(name)


@st.cache_resource(max_entries=16, show_spinner="Asking the network …")
def specimens(run_id: str, modified: float, seed: int) -> drawn_from.SamplePredictions:
    """Eight test pictures and what the run's network says. modified: when its weights last changed."""
    return drawn_from.draw(run_id, seed=seed)


def forget() -> None:
    """After a run ended, was trained again or deleted: nothing of its old network must be served."""
    for cache in (network, look, drawing, contributions, fields, as_seen, histogram):
        cache.clear()


@st.cache_resource(show_spinner=False)
def settle() -> int:
    """Once a process, after its first page: take what is loaded out of garbage collection; returns how many objects.

    Streamlit collects after every script, which walks the 300,000 objects of the modules: 0.15 s before the next click.
    """
    gc.collect()
    gc.freeze()
    return gc.get_freeze_count()
