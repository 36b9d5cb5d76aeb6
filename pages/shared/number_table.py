"""Tables to read: a column of numbers stands right-aligned, also where its numbers are written with their units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

NUMBER = re.compile(
    r"[+−-]?\d[\d,]*(\.\d+)?(e[+−-]?\d+)?"  # 1,234.5, −0.27, 1.3e−4
    r"( ?%| [a-zA-Zµ]{1,3})?( ± [\d.,]+( ?%)?)?"  # 39.3 %, 8.0 dB, 97.7 ± 0.2 %
)


def draw(
    rows: Any,
    *,
    columns: Mapping[str, Any] | None = None,
    at: DeltaGenerator | None = None,
    **options: Any,
) -> None:
    """Draw rows, columns by name or a frame, without an index. columns: the settings of some; at: where, else here."""
    import pandas as pd  # half a second, which a page without tables does not pay

    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows)
    right = {
        str(name): st.column_config.TextColumn(alignment="right")
        for name in frame.columns
        if numeric(value for value in frame[name])
    }
    drawn = st.dataframe if at is None else at.dataframe
    drawn(rows, hide_index=True, column_config={**right, **(columns or {})}, **options)


def numeric(values: Iterable[object]) -> bool:
    """Whether most of the texts that are not empty are a number each; values that are no texts say so themselves."""
    found = [value for value in values if isinstance(value, str) and value.strip(" –")]
    numbers = [value for value in found if NUMBER.fullmatch(value.replace("\N{NO-BREAK SPACE}", " "))]
    return 2 * len(numbers) > len(found)
