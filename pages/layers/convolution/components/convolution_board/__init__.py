"""The convolution on a board: numbers typed over where they stand, sliders that move it live, a kernel that flips.

It calculates in the browser what `cnnviz.topics.convolution.convolution` calculates, number for number; what was let
go of comes back to Python, which proves it and writes the link.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from cnnviz.topics.convolution import board_captions
from cnnviz.topics.convolution.board_packet import ConvolutionBoardPacket
from pages.shared import messages
from pages.shared.components import captions, pack, source

WINDOW = Path(__file__).parents[4] / "shared/components/sliding_window/sliding_window.css"
SENTENCES = {**captions.WINDOW, **board_captions.BOARD, **board_captions.REFUSED}
_component = st.components.v2.component("cnnviz_convolution_board", **source(__file__, WINDOW, words=SENTENCES))


def convolution_board(
    data: ConvolutionBoardPacket, begun: Mapping[str, Any], *, key: str
) -> Mapping[str, object] | None:
    """Draws `board_data` from begun = {"asked", "pushed"} on; returns what is asked now, None: as it began."""
    header = {"key": key, "meta": data["meta"], **begun}
    _component(key=key, data=pack(header, **data["blobs"]), on_asked_change=lambda: None, height="content")
    return messages.heard(key, "asked", dict[str, object])
