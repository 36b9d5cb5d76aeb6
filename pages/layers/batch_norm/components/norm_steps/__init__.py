"""A batch normalised step by step: hover a value and see whose mean it shares and every formula with its numbers."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.batch_norm import captions
from cnnviz.topics.batch_norm.figures import NormStepsPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_norm_steps", **source(__file__, words=captions.NORM_STEPS))


def norm_steps(data: NormStepsPacket, *, key: str) -> None:
    """Draws `figures.steps`."""
    _component(key=key, data=pack(data), height="content")
