"""The crop on the original: a frame that is dragged, or moved by the arrow keys, along one side of the image."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

import streamlit as st

from cnnviz.figures.packets import digest
from cnnviz.topics.explore import component_captions
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_crop_frame", **source(__file__, words=component_captions.CROP_FRAME))


class CropFrame(TypedDict):
    """width, height, other: of the frame, and where it begins on the side it does not move along, as shares.

    vertical: along which side it moves. place: how far, 0 to 1. said: the sentence below.
    """

    width: float
    height: float
    other: float
    vertical: bool
    place: float
    said: str


def crop_frame(picture: bytes, frame: CropFrame, *, key: str, on_place: Callable[[], None]) -> None:
    """picture: the original as PNG. on_place: called when it was moved, to the "place" of `messages.heard`, 0 to 1."""
    meta = {**frame, "digest": digest(picture, frame)}
    _component(
        key=key, data=pack({"key": key, "meta": meta}, picture=picture), on_place_change=on_place, height="content"
    )  # fmt: skip
