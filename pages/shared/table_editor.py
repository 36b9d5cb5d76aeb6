"""Numbers that can be typed over. What is not a number is said where it happened, and the last good ones stay."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

LARGEST = 1e6  # beyond it a product of two no longer shows the digits that matter


def editor(label: str, start: np.ndarray, *, key: str, decimals: int = 3, fixed: bool = True) -> np.ndarray:
    """The numbers in an editable table, [R, C] float64: what the person typed over `start`, or the last good ones.

    Another `start` begins anew. fixed: False lets rows be added and removed.
    """
    begun = f"{key}.start"
    if begun not in st.session_state or not np.array_equal(st.session_state[begun], start):
        st.session_state[begun] = np.array(start, dtype=np.float64)
        st.session_state[f"{key}.good"] = st.session_state[begun]
        st.session_state[f"{key}.turn"] = st.session_state.get(f"{key}.turn", 0) + 1
    table = pd.DataFrame(st.session_state[begun], columns=[str(column) for column in range(start.shape[1])])
    number = st.column_config.NumberColumn(format=f"%.{decimals}g" if decimals else "%d", width=64)
    st.caption(label)
    typed = st.data_editor(
        table,
        key=f"{key}.{st.session_state[f'{key}.turn']}",
        column_config=dict.fromkeys(table.columns, number),
        hide_index=True,
        num_rows="fixed" if fixed else "dynamic",
        width="content",
    )
    return _kept(typed, key)


def _kept(typed: pd.DataFrame, key: str) -> np.ndarray:
    values = typed.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    if problem := wrong(values):
        st.error(f"{problem} The last complete numbers are still shown.", icon=":material/edit_off:")
    else:
        st.session_state[f"{key}.good"] = values
    good: np.ndarray = st.session_state[f"{key}.good"]
    return good


def wrong(values: np.ndarray) -> str:
    """The first thing that keeps these numbers from being used, as one sentence; "" where all is well."""
    if not values.size:
        return "The table is empty: add a row of numbers."
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0] + 1
        return f"Row {row}, column {column} holds no number: type one there."
    large = np.argwhere(np.abs(values) > LARGEST)
    if len(large):
        row, column = large[0] + 1
        return f"Row {row}, column {column} is beyond ±{LARGEST:,.0f}: type a smaller number."
    return ""
