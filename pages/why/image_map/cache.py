"""What the page has asked, kept: the images, their features at every layer, and the planes they lie on."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnnviz import anatomy
from cnnviz.begun import Begun
from cnnviz.topics.image_map import features, neighbours, planes
from cnnviz.topics.image_map.records import ImageFeatures, Parted, Plane
from pages.shared import cache, gallery_picker, stopping
from pages.shared.view import View, by_view, of_networks

Progress = Callable[[int, float], object]


def passed(choice: str, name: str, count: int) -> stopping.Work[ImageFeatures]:
    """Where the pass of so many images is kept."""
    return _passed(choice, name, count, gallery_picker.version(name))


@of_networks
@st.cache_resource(max_entries=4, show_spinner=False)
def _passed(choice: str, name: str, count: int, version: int) -> stopping.Work[ImageFeatures]:
    return stopping.Work()


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


def laid(
    view: View, there: ImageFeatures, labels: np.ndarray, method: str, tsnes: Begun[Plane], progress: Progress
) -> Laid:
    """The planes of all layers with the person's own image on them. labels: of the images.

    tsnes: where t-SNE's planes are kept, by the layer's place. progress: called with that and the share that is done
    of one; what it raises ends the work.
    """
    mine = own(view)
    kept: list[Plane] = []
    near = tuple(neighbours.nearest(*pair) for pair in zip(there.values, mine.values, strict=True))
    for place, values in enumerate(there.values):
        if method == "pca":
            plane = planes.pca(values, mine.values[place])
        else:
            if place not in tsnes:
                tsnes.keep(place, planes.tsne(values, progress=functools.partial(progress, place)))
            plane = planes.beside(tsnes.parts[place], near[place][len(there) :])
        turned = planes.turned(plane.places, kept[-1].places) if kept else plane.places
        kept.append(Plane(turned, plane.kept))
    parted = tuple(
        neighbours.parted(layer, one[: len(there)], labels) for layer, one in zip(there.layers, near, strict=True)
    )
    return Laid(tuple(kept), near, parted)


def tsnes(choice: str, name: str, count: int) -> Begun[Plane]:
    """Where t-SNE's planes are kept: an own image changes nothing about them."""
    return _tsnes(choice, name, count, gallery_picker.version(name))


@of_networks
@st.cache_resource(max_entries=4, show_spinner=False)
def _tsnes(choice: str, name: str, count: int, version: int) -> Begun[Plane]:
    return Begun()


def placed(view: View, name: str, count: int, method: str) -> stopping.Work[Laid]:
    """Where planes with the person's own image are kept."""
    return _placed(view, name, count, method, gallery_picker.version(name))


@by_view(max_entries=4)
def _placed(view: View, name: str, count: int, method: str, version: int) -> stopping.Work[Laid]:
    return stopping.Work()
