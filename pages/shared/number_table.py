"""Tables to read: a column of numbers stands right-aligned, also where its numbers are written with their units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

NUMBER = re.compile(
    r"[+−-]?\d[\d,]*(\.\d+)?(e[+−-]?\d+)?"  # 1,234.5, −0.27, 1.3e−4
    r"( ?%| [a-zA-Zµ]{1,3})?( ± [\d.,]+( ?%)?)?"  # 39.3 %, 8.0 dB, 97.7 ± 0.2 %
)

NOTE = re.compile(r"^:small\[[^\]]*\] ")  # what a cell says beside its number


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


def written(columns: Mapping[str, Sequence[str]]) -> None:
    """Draw a short table whose cells are Markdown: whole on a phone, too, with its numbers at the right."""
    marks = ["---:" if numeric(NOTE.sub("", text) for text in cells) else "---" for cells in columns.values()]
    lines = [list(columns), marks, *map(list, zip(*columns.values(), strict=True))]
    st.markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))


def numeric(values: Iterable[object]) -> bool:
    """Whether most of the texts that are not empty are a number each; values that are no texts say so themselves."""
    found = [value for value in values if isinstance(value, str) and value.strip(" –")]
    numbers = [value for value in found if NUMBER.fullmatch(value.replace("\N{NO-BREAK SPACE}", " "))]
    return 2 * len(numbers) > len(found)
