"""The unit card: receptive field on the image, patch · kernel with two linked cursors, the waterfall, the proof.

Everything is drawn and answered in the browser; hovering and paging through the channels cost no rerun.
"""

from __future__ import annotations

import base64

import streamlit as st

from cnnviz.topics.explore import component_captions
from cnnviz.topics.explore.packets import UnitCardData
from pages.shared.components import own

_card = st.components.v2.component(
    "cnnviz_unit_card",
    **own(__file__, words=component_captions.UNIT_CARD),
)


def unit_card(card: UnitCardData, *, picture: bytes, key: str) -> None:
    """Why one cell has its value.

    card: from `cnnviz.topics.explore.figures.card`. picture: PNG bytes of the image as the network sees it.
    """
    _card(key=key, data={**card, "picture": base64.b64encode(picture).decode()})
