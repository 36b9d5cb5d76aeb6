"""Plotly charts in the theme at hand: ours, legible in light and dark, without Plotly's toolbar."""

from __future__ import annotations

from typing import Any

import streamlit as st


def theme() -> str:
    """ "light" or "dark": how the page looks now. When that changes the script runs again (`components.appearance`)."""
    return "dark" if st.context.theme.type == "dark" else "light"


def chart(figure: Any, *, key: str) -> None:
    """A figure that was made with `theme=charts.theme()`."""
    st.plotly_chart(figure, key=key, theme=None, config={"displayModeBar": False})


def table_height(rows: int, most: int, row: int = 33) -> int:
    """Pixels of a table with its headings: as high as its rows, and then they scroll. row: of one."""
    return min(most, row * (rows + 1) + 2)
