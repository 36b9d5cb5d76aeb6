"""A table of counts that scrolls in itself where the page is narrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.shared import number_table


def show_table(rows: Sequence[Mapping[str, str | int]], *, key: str) -> None:
    """One row a mapping; whole numbers with their thousands separated."""
    counts = [name for name, value in rows[0].items() if isinstance(value, int)]
    shown = {name: st.column_config.NumberColumn(format="localized") for name in counts}
    number_table.draw(list(rows), columns=shown, key=key)
