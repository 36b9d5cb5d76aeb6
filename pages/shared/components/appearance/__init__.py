"""Figures that Python colours follow the appearance while the page is open.

Streamlit (1.67) paints its own elements anew when light turns dark, but does not run the script, which drew Plotly's
figures and PNGs for the other one. This asks for that run.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
_component = st.components.v2.component(
    "cnnviz_appearance",
    html='<span class="background"></span>',
    css=(HERE / "appearance.css").read_text("utf-8"),
    js=(HERE / "appearance.js").read_text("utf-8"),
)


def follow() -> None:
    """Run the script again whenever light turns dark or back in the browser. Call once a run, outside of fragments."""
    _component(
        key="appearance", data={"drawn": st.context.theme.type}, height="content", on_changed_change=lambda: None
    )
