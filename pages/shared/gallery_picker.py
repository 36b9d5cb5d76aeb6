"""Which images a network is shown many of, and how many: one button, and the images kept for whoever asks next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from cnnviz import datasets, galleries
from cnnviz.datasets import image_folder
from cnnviz.figures import captions
from cnnviz.plain_text import escaped
from pages.shared import cache, selection
from pages.shared.view import of_networks

COUNTS = (100, 300, 1000)
LARGE = 64  # pixels a side: beyond, a network takes its time, and a hundred images come first


def is_small(shape: tuple[int, int, int]) -> bool:
    """Whether many images of this shape [C, H, W] go through a network quickly."""
    return max(shape[1:]) <= LARGE


def picker(here: selection.Selection, *, key: str, many: int) -> tuple[str, int]:
    """(which images, how many): by themselves those that the network was made for, and as many as are quick.

    key: begins those of its widgets, "<key>.images" and "<key>.count". many: of COUNTS, where images are small.
    """
    usual = galleries.usual(here.network.spec)
    words = {"": captions.usual_images(galleries.title(usual))}
    words |= {name: galleries.title(name) for name in galleries.names()}
    in_link = {label: name for name, label in words.items()}.get(st.query_params.get(f"{key}.images", ""), "")
    kept = st.session_state.get(f"{key}.images", in_link) or usual  # before the list is drawn
    title = galleries.title(kept) if kept in words else ""
    with st.popover(captions.images_button(title), icon=":material/photo_library:"):
        found = st.selectbox(
            captions.IMAGES, list(words), format_func=words.__getitem__, key=f"{key}.images", bind="query-params"
        )
        first = many if is_small(here.network.spec.input_shape) else COUNTS[0]
        count = st.segmented_control(
            captions.HOW_MANY, COUNTS, default=first, required=True, key=f"{key}.count", bind="query-params"
        )
    return found or usual, int(count or COUNTS[0])


def version(name: str) -> int:
    """Another number once a folder of one's own was made anew under the same name."""
    return image_folder.changed(name, datasets.root()) if name.startswith(image_folder.PREFIX) else 0


def gallery(choice: str, name: str, count: int) -> galleries.Gallery:
    """So many of these images, as this network sees them. Raises datasets.DatasetError, which is not kept."""
    return _gallery(choice, name, count, version(name))


@of_networks
@st.cache_resource(max_entries=3, show_spinner=captions.PREPARING_IMAGES)
def _gallery(choice: str, name: str, count: int, version: int) -> galleries.Gallery:
    return galleries.of(name, cache.network(choice).spec, count)


@contextmanager
def said(bar: Any) -> Iterator[None]:
    """What is wrong with the images, or with what the network makes of them, is one sentence in the bar's place."""
    try:
        yield
        bar.empty()
    except datasets.DatasetError as error:
        bar.error(escaped(captions.images_unread(str(error))), icon=":material/error:")
    except galleries.NotFinite as error:
        bar.warning(escaped(error), icon=":material/error:")
