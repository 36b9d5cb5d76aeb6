"""The only place that caches. Keys are plain values: a network's choice, a picture's digest, how it is fitted.

Nothing here reads the session: what is cached for one person is right for every other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from PIL import Image

from cnnviz import anatomy, capture, images, networks, samples
from cnnviz import specimens as drawn_from
from cnnviz.figures import canvas, maps, pictures, predictions
from cnnviz.records import Activations, Field, Score


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


@st.cache_resource(show_spinner=False)
def sample_sprite(size: int) -> bytes:
    """All samples side by side, each size × size pixels, as one PNG."""
    tiles = [np.asarray(samples.square(item.name, size)) for item in samples.names()]
    return pictures.png(np.concatenate(tiles, axis=1))


@st.cache_resource(max_entries=64, show_spinner=False)
def sample(name: str) -> Image.Image:
    return samples.read(name)


@st.cache_resource(max_entries=16, show_spinner="Asking the network …")
def specimens(run_id: str, modified: float, seed: int) -> drawn_from.Specimens:
    """Eight test pictures and what the run's network says. modified: when its weights last changed."""
    return drawn_from.draw(run_id, seed=seed)


def forget() -> None:
    """After a run ended, was trained again or deleted: its old network must not be served."""
    network.clear()
    look.clear()
    drawing.clear()
