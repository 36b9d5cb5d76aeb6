"""The one line on training in the bar on top; a click unfolds the sidebar.

From Python Streamlit (1.67) unfolds it once; when a person has folded it again it stays so.
"""

from __future__ import annotations

import streamlit as st

from pages.shared.components import own

_component = st.components.v2.component(
    "cnnviz_training_line",
    **own(
        __file__, html='<button type="button"><span class="words"></span> <span aria-hidden="true">▸</span></button>'
    ),
)


def training_line(words: str) -> None:
    """words: plain text, the invitation or the run under way."""
    _component(key="training_line", data={"words": words}, height="content")
