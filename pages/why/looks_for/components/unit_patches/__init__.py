"""The patches that drive a unit, the image that each one lies in, and all responses as a histogram."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.looks_for import captions
from cnnviz.topics.looks_for.figures import UnitPatchesPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_unit_patches", **source(__file__, words=captions.UNIT_PATCHES))


def unit_patches(header: UnitPatchesPacket, strip: bytes, *, key: str) -> None:
    """Draws `topics.looks_for.figures.packet`."""
    _component(key=key, data=pack({**header, "key": key}, strip=strip), height="content")
