"""Ten digits moved by one amount on a slider, and what each network reads; answered in the browser.

The element `.stage` has `data-painted` = the digest of what is drawn, and `data-amount` = the pixels that are shown.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from cnnviz.topics.shifted_pictures import captions
from cnnviz.topics.shifted_pictures.figures import ShiftedDigitsPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_shifted_digits", **source(__file__, words=captions.SHIFTED_DIGITS))


def shifted_digits(header: ShiftedDigitsPacket, blobs: Mapping[str, bytes], *, key: str) -> None:
    """Draws `cnnviz.topics.shifted_pictures.figures.shifted_digits`."""
    _component(key=key, data=pack({**header, "key": key}, **blobs), height="content")
