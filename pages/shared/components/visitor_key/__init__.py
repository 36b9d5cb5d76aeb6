"""A browser's key, kept in a cookie: what tells one visitor from another where nobody logs in."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "cnnviz_visitor_key", js=Path(__file__).with_name("main.js").read_text("utf-8"), html="<span></span>"
)


def keep(key: str) -> str:
    """Has the browser keep this key; returns the one that it kept before, where that is another, else ""."""
    said = _component(key="visitor_key", data={"key": key}, height="content", on_key_change=lambda: None)
    return str(said.get("key") or "")
