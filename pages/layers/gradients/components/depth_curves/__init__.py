"""Gradient norms through depth on log scales, with the distributions below: hover and scrub in the browser."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import streamlit as st

from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_depth_curves", **source(__file__))


def depth_curves(header: Mapping[str, Any], blob: bytes, *, key: str) -> None:
    """header and blob: `cnnviz.figures.depth.packet`. Several frames get a slider over the steps of training."""
    digest = hashlib.sha256(repr(header).encode() + blob).hexdigest()[:12]
    _component(key=key, data=pack({**header, "key": key, "digest": digest}, bars=blob), height="content")
