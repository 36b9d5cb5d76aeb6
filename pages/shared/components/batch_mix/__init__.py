"""Which classes meet in each batch: stacked bars in several orders; hover reads one batch in all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from cnnviz.figures.packets import digest
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_batch_mix", **source(__file__))


def batch_mix(header: Mapping[str, Any], *, key: str) -> None:
    """header: `cnnviz.figures.batches.mix`."""
    _component(key=key, data=pack({**header, "key": key, "digest": digest(header)}), height="content")
