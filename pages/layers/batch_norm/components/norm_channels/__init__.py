"""A trained BatchNorm layer, channel by channel: what it stores, and the values before and after it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from cnnviz.topics.batch_norm import captions
from cnnviz.topics.batch_norm.charts import NormChannelsPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_norm_channels", **source(__file__, words=captions.NORM_CHANNELS))


def norm_channels(data: tuple[NormChannelsPacket, Mapping[str, bytes]], *, key: str) -> None:
    """Draws `topics.batch_norm.charts.channels`."""
    header, counts = data
    _component(key=key, data=pack(header, **counts), height="content")
