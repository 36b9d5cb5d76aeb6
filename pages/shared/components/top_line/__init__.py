"""The line at the right end of the bar on top: copy the link of what is shown, and training in a few words.

A click on training unfolds the sidebar. From Python Streamlit (1.67) unfolds it once; when a person has folded it again
it stays so. Streamlit also makes an entry of the browser's history of every value in the link; here one gesture within
a page makes none, so that Back leads to the page that was there before.
"""

from __future__ import annotations

import streamlit as st

from pages.shared.components import captions, own

_component = st.components.v2.component("cnnviz_top_line", **own(__file__, words=captions.TOP_LINE))


def top_line(training: str) -> None:
    """training: plain text, the invitation or the run under way."""
    _component(key="top_line", data={"training": training}, height="content")
