"""What the page has asked, kept: the images, their features at every layer, and the planes they lie on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnnviz import anatomy
from cnnviz.topics.image_map import features, neighbours, planes
from cnnviz.topics.image_map.records import ImageFeatures, Parted, Plane
from pages.shared import cache, gallery_picker
from pages.shared.view import View, by_view, of_networks


def asked(choice: str, name: str, count: int, progress: Callable[[float], object]) -> ImageFeatures:
    """The features of these images. progress: called with the share that is done; what it raises ends the work."""
    images = gallery_picker.gallery(choice, name, count)
    held = _held(choice, name, count, gallery_picker.version(name))
    if not held:
        held.append(features.of(cache.network(choice).model, images, progress=progress))
    return held[0]


@of_networks
@st.cache_resource(max_entries=4, show_spinner=False)
def _held(choice: str, name: str, count: int, version: int) -> list[ImageFeatures]:
    """Where a pass that has finished is kept."""
    return []


@by_view(max_entries=4)
def own(view: View) -> ImageFeatures:
    """The features of the person's own image."""
    network = cache.network(view.choice)
    rows = features.chosen(anatomy.inspect(network.model, network.spec.input_shape))
    return features.through(network.model, cache.look(view).prepared.tensor, rows)


@dataclass(frozen=True, eq=False)
class Laid:
    """What is drawn of every layer."""

    planes: tuple[Plane, ...]
    near: tuple[np.ndarray, ...]
    parted: tuple[Parted, ...]


def laid(view: View, name: str, count: int, method: str, progress: Callable[[str, float], object]) -> Laid:
    """The planes of all layers with the person's own image on them, kept once they are all there."""
    held = _laid(view, name, count, method, gallery_picker.version(name))
    if not held:
        there, mine = asked(view.choice, name, count, lambda share: None), own(view)
        labels = gallery_picker.gallery(view.choice, name, count).labels
        kept: list[Plane] = []
        near = tuple(neighbours.nearest(*pair) for pair in zip(there.values, mine.values, strict=True))
        for place, layer in enumerate(there.layers):
            if method == "pca":
                plane = planes.pca(there.values[place], mine.values[place])
            else:
                alone = _tsne(view.choice, name, count, place, _of(progress, layer))
                plane = planes.beside(alone, near[place][len(there) :])
            turned = planes.turned(plane.places, kept[-1].places) if kept else plane.places
            kept.append(Plane(turned, plane.kept))
        parted = tuple(
            neighbours.parted(layer, one[: len(there)], labels) for layer, one in zip(there.layers, near, strict=True)
        )
        held.append(Laid(tuple(kept), near, parted))
    return held[0]


def _of(progress: Callable[[str, float], object], layer: str) -> Callable[[float], object]:
    return lambda share: progress(layer, share)


def _tsne(choice: str, name: str, count: int, place: int, progress: Callable[[float], object]) -> Plane:
    held = _tsnes(choice, name, count, gallery_picker.version(name))
    if place not in held:
        values = asked(choice, name, count, lambda share: None).values[place]
        held[place] = planes.tsne(values, progress=progress)
    return held[place]


@of_networks
@st.cache_resource(max_entries=4, show_spinner=False)
def _tsnes(choice: str, name: str, count: int, version: int) -> dict[int, Plane]:
    """Where t-SNE's planes are kept, by the layer's place: an own image changes nothing about them."""
    return {}


@by_view(max_entries=4)
def _laid(view: View, name: str, count: int, method: str, version: int) -> list[Laid]:
    """Where planes are kept."""
    return []
