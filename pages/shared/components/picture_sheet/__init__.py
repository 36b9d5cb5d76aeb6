"""Many small pictures on one sheet: hover shows one enlarged with its numbers, a click keeps it; all in the browser."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_picture_sheet", **source(__file__))


def picture_sheet(header: Mapping[str, Any], pixels: bytes, *, key: str) -> None:
    """header and pixels: `figures.batches.browse` or `figures.batches.transforms`."""
    digest = hashlib.sha256(repr(header).encode() + pixels).hexdigest()[:12]
    _component(key=key, data=pack({**header, "key": key, "digest": digest}, pixels=pixels), height="content")
