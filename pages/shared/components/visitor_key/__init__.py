"""A browser's key, kept in a cookie: what tells one visitor from another where nobody logs in."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.shared import messages

KEY = "visitor_key"
_component = st.components.v2.component(
    "cnnviz_visitor_key", js=Path(__file__).with_name("main.js").read_text("utf-8"), html="<span></span>"
)


def keep(key: str) -> str:
    """Has the browser keep this key; returns the one that it kept before, where that is another, else ""."""
    _component(key=KEY, data={"key": key}, height="content", on_key_change=lambda: None)
    return messages.heard(KEY, "key", str) or ""
