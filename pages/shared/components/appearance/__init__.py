"""Figures that Python colours follow the appearance while the page is open.

Streamlit (1.67) paints its own elements anew when light turns dark, but does not run the script, which drew Plotly's
figures and PNGs for the other one. This asks for that run.
"""

from __future__ import annotations

import streamlit as st

from pages.shared.components import own

_component = st.components.v2.component("cnnviz_appearance", **own(__file__, html='<span class="background"></span>'))


def follow() -> None:
    """Run the script again whenever light turns dark or back in the browser. Call once a run, outside of fragments."""
    _component(
        key="appearance", data={"drawn": st.context.theme.type}, height="content", on_changed_change=lambda: None
    )
