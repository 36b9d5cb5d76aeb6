"""A sheet of white paper to draw a digit on: by mouse, finger or pen, or with the arrow keys."""

from __future__ import annotations

import base64
import struct

import streamlit as st

from pages.shared import messages
from pages.shared.components import captions, own

SIDE = 280  # pixels of the sheet, ten times MNIST's
LIMIT = 256 * 1024  # bytes of PNG; a full page of scribble is under 60 kB
PREFIX = "data:image/png;base64,"
DRAWING = "drawing"  # what was drawn on the sheet itself
SIGNATURE = b"\x89PNG\r\n\x1a\n"

_sheet = st.components.v2.component(
    "cnnviz_draw",
    **own(__file__, words=captions.DRAW),
)


def draw(key: str, *, lies: str = DRAWING, start: bytes = b"", said: str = "") -> bytes | None:
    """PNG bytes (SIDE × SIDE, black ink on white) of what is drawn; None while the sheet is blank.

    Reruns 0.15 s after a stroke ends. A sheet that comes back to the page holds its strokes still.
    lies: what the page shows: DRAWING, what was drawn here, which stays on the sheet; any other name lays a new sheet,
    with the PNG `start` on it, to be drawn on. said: a sentence under it until something happens.
    """
    picture = PREFIX + base64.b64encode(start).decode() if start else ""
    data = {"key": key, "side": SIDE, "lies": lies, "start": picture, "said": said}
    _sheet(key=key, data=data, on_drawing_change=lambda: None)
    return decode(messages.heard(key, DRAWING, str))


def decode(value: object) -> bytes | None:
    """The PNG in a data URL that came from a browser, and so from anyone: checked before it is believed.

    None for a blank sheet, and for anything but a PNG of SIDE × SIDE under LIMIT bytes.
    """
    if not isinstance(value, str) or not value.startswith(PREFIX) or len(value) > len(PREFIX) + LIMIT * 4 // 3 + 4:
        return None
    try:
        data = base64.b64decode(value[len(PREFIX) :], validate=True)
    except ValueError:  # not of base64's letters
        return None
    if len(data) < 33 or not data.startswith(SIGNATURE) or data[12:16] != b"IHDR":
        return None
    return data if struct.unpack(">II", data[16:24]) == (SIDE, SIDE) else None
