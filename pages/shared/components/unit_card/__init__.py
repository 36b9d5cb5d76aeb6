"""The unit card: receptive field on the picture, patch · kernel with two linked cursors, the waterfall, the proof.

Everything is drawn and answered in the browser; hovering and paging through the channels cost no rerun.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent
SCRIPTS = ("../common/places.js", "numbers.js", "picture.js", "ladder.js", "cells.js", "unit_card.js")
_card = st.components.v2.component(
    "cnnviz_unit_card",
    html=(HERE / "unit_card.html").read_text("utf-8"),
    css=(HERE / "unit_card.css").read_text("utf-8"),
    js="\n".join((HERE / name).read_text("utf-8") for name in SCRIPTS),  # one module, in this order
)


def unit_card(card: dict[str, Any], *, picture: bytes, key: str) -> None:
    """Why one cell has its value.

    card: from `cnnviz.figures.units.card`. picture: PNG bytes of the network's input picture, as the network sees it.
    """
    _card(key=key, data={**card, "picture": base64.b64encode(picture).decode()})
