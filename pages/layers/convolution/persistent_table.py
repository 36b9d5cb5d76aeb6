"""Tables that keep what was typed when they are hidden and shown again."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.shared import table_editor


def editor(label: str, default: np.ndarray, *, key: str, decimals: int = 3) -> np.ndarray:
    """`matrix.editor`, but a table that was away (another channel, another part) comes back as it was left.

    Another default begins anew.
    """
    begun, kept = f"{key}.default", f"{key}.kept"
    if begun not in st.session_state or not np.array_equal(st.session_state[begun], default):
        st.session_state[begun] = st.session_state[kept] = np.array(default, dtype=np.float64)
    elif f"{key}.{st.session_state.get(f'{key}.turn')}" not in st.session_state:
        st.session_state[kept] = st.session_state.get(f"{key}.good", default)
    return table_editor.editor(label, st.session_state[kept], key=key, decimals=decimals)


def last(default: np.ndarray, *, key: str) -> np.ndarray:
    """The numbers of a table that is not shown now: as it was left, or its default."""
    begun = st.session_state.get(f"{key}.default")
    if begun is not None and np.array_equal(begun, default):
        good: np.ndarray = st.session_state.get(f"{key}.good", default)
        return good
    return default
