"""What the page has counted and measured, kept for everyone: keys are a network's choice and an image's size."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from cnnviz import images
from cnnviz.figures import pictures
from cnnviz.measurements import architectures
from cnnviz.records import Spec
from cnnviz.records.architectures import Architecture, LayerTimes
from cnnviz.topics.architectures import layer_times, paper_variants, tables
from pages.shared.view import View, by_view

Shape = tuple[int, int, int]
SHOWN = 360  # pixels: the longer side of the image under the boxes


@st.cache_resource(max_entries=6, show_spinner="Building the network without its weights …")
def _opened(choice: str, shape: Shape | None) -> tuple[Any, Spec]:
    return architectures.opened(choice, shape)


@st.cache_resource(max_entries=32, show_spinner="Counting every operation …")
def architecture(choice: str, shape: Shape | None = None) -> Architecture:
    """The network on images of that shape (None: its own), without weights; not yet what training keeps.

    Raises pickers.CANNOT_OPEN's errors and ValueError, which are not cached.
    """
    begin = time.perf_counter()
    model, spec = _opened(choice, shape)
    return architectures.count(model, spec, shape or spec.input_shape, choice=choice, begin=begin, training=False)


@st.cache_resource(max_entries=32, show_spinner="Asking what training keeps …")
def complete(choice: str, shape: Shape) -> Architecture:
    """The same with what training keeps, which takes a second walk."""
    own = architecture(choice).input_shape == shape
    model, spec = _opened(choice, None if own else shape)
    found = architectures.count(model, spec, shape, choice=choice, training=True)
    _completed().add((choice, shape))
    return found


@st.cache_resource(show_spinner=False)
def _completed() -> set[tuple[str, Shape]]:
    return set()


def is_complete(choice: str, shape: Shape) -> bool:
    """Whether `complete` answers at once."""
    return (choice, shape) in _completed()


@st.cache_resource(show_spinner=False)
def _kept() -> dict[tuple[str, Shape], LayerTimes]:
    """What was measured in this process."""
    return {}


def known_times(choice: str, shape: Shape) -> LayerTimes | None:
    """The milliseconds, where somebody has measured them already."""
    return _kept().get((choice, shape))


def times(choice: str, shape: Shape, *, heard: Callable[[float], object]) -> LayerTimes:
    """Measured now, and kept. Raises ValueError where the network cannot be run operation by operation."""
    kept = _kept()
    kept[choice, shape] = layer_times.measure(architecture(choice, shape), heard=heard)
    while len(kept) > 64:
        kept.pop(next(iter(kept)), None)
    return kept[choice, shape]


@by_view(max_entries=12)
def as_seen(view: View, shape: Shape) -> tuple[np.ndarray, bytes]:
    """([H, W, 3] uint8, PNG of at most SHOWN pixels a side): the image as the network sees it at that size.

    Raises images.ImageError where the network does not take images.
    """
    spec = replace(architecture(view.choice, shape).spec, input_shape=shape)
    seen = images.to_picture(images.prepare(view.image, spec, fit=view.fit).tensor, spec)
    return seen, pictures.thumbnail_png(Image.fromarray(seen), SHOWN)


@st.cache_resource(max_entries=32, show_spinner="Building the paper's network …")
def variant(key: str) -> Architecture:
    """A network as its paper has it ("resnet50|strided_1x1"), or as it is registered, counted at its own size."""
    return paper_variants.survey(key)


@st.cache_resource(max_entries=16, show_spinner=False)
def columns(choice: str, shape: Shape, *, whole: bool) -> dict[str, list[object]]:
    """The layer table. whole: with what training keeps."""
    return tables.columns(complete(choice, shape) if whole else architecture(choice, shape))
