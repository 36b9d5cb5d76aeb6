"""A mask over numbers, a map or channels, and both conventions under it: p is scrubbed in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from cnnviz.topics.dropout import captions
from cnnviz.topics.dropout.figures import DropoutMaskPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_dropout_mask", **source(__file__, words=captions.DROPOUT_MASK))


def related(file: str, *, words: Mapping[str, str]) -> dict[str, Any]:
    """The source of another component of this page: it draws the same plates in the same style."""
    return source(file, Path(__file__).with_name("dropout_mask.css"), words=words)


def dropout_mask(data: DropoutMaskPacket, *, key: str) -> None:
    """Draws `topics.dropout.figures.mask_data`. The random numbers are sent once; the browser holds them against p."""
    header = {"key": key, **data["meta"]}
    _component(key=key, data=pack(header, values=data["values"], uniform=data["uniform"]), height="content")
