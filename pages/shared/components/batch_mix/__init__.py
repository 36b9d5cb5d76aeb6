"""Which classes meet in each batch: stacked bars in several orders; hover reads one batch in all of them."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures.batches import BatchMixPacket
from cnnviz.figures.packets import digest
from pages.shared.components import captions, pack, source

_component = st.components.v2.component("cnnviz_batch_mix", **source(__file__, words=captions.BATCH_MIX))


def batch_mix(header: BatchMixPacket, *, key: str) -> None:
    """header: `cnnviz.figures.batches.mix`."""
    _component(key=key, data=pack({**header, "key": key, "digest": digest(header)}), height="content")
