"""The source box: the code that made the picture, and a snippet that runs as it stands."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st


def source_box(*snippets: str, made_by: Sequence[Callable[..., Any]]) -> None:
    """A closed box with the snippets first, then the functions that computed what the page shows."""
    with st.expander("Source", icon=":material/code:"):
        st.caption("Runs as it stands, from the project's folder:")
        for snippet in snippets:
            st.code(snippet, language="python")
        for function in made_by:
            st.caption(f"{function.__module__}.{function.__qualname__}")
            st.code(inspect.getsource(function), language="python")
