"""Test images with what the network says about each: real text beside pixels that are not smoothed."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import streamlit as st

from cnnviz.figures.numbers import percent
from cnnviz.topics.training_lab import captions
from cnnviz.topics.training_lab.gallery_figures import GalleryTile
from pages.shared.components import own

_grid = st.components.v2.component(
    "cnnviz_gallery",
    **own(__file__, words=captions.GALLERY, html='<div class="gallery" role="list" aria-label="Test images"></div>'),
)


def gallery(sprite: bytes, tiles: Sequence[GalleryTile], *, key: str) -> None:
    """sprite and tiles: from `cnnviz.topics.training_lab.gallery_figures`, as many images as tiles."""
    captions = [
        {"said": tile.said, "percent": percent(tile.probability), "truth": tile.truth, "right": tile.right,
         "runner_up": tile.runner_up, "words": tile.words}
        for tile in tiles
    ]  # fmt: skip
    _grid(key=key, data={"sprite": base64.b64encode(sprite).decode(), "tiles": captions})
