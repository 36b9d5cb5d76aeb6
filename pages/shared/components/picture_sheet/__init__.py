"""Many small images on one sheet: hover shows one enlarged with its numbers, a click keeps it; all in the browser."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures.batches import PictureSheetPacket
from cnnviz.figures.packets import digest
from pages.shared.components import captions, pack, source

_component = st.components.v2.component("cnnviz_picture_sheet", **source(__file__, words=captions.PICTURE_SHEET))


def picture_sheet(header: PictureSheetPacket, pixels: bytes, *, key: str) -> None:
    """header and pixels: `figures.batches.browse` or `figures.batches.transforms`."""
    sealed = {**header, "key": key, "digest": digest(header, pixels)}
    _component(key=key, data=pack(sealed, pixels=pixels), height="content")
