"""The source box: the code that made the image, and a snippet that runs as it stands."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from pages.shared.drawer import drawer


def source_box(*snippets: str, made_by: Sequence[Callable[..., Any]]) -> None:
    """A closed box with the snippets first, then the functions that computed what the page shows.

    They are written when it is opened: highlighting them took a browser two fifths of the time to draw a page.
    """
    _box(snippets, tuple(made_by))


@st.fragment
def _box(snippets: tuple[str, ...], made_by: tuple[Callable[..., Any], ...]) -> None:
    within(snippets, made_by)


def within(snippets: Sequence[str], made_by: Sequence[Callable[..., Any]]) -> None:
    """The same box inside a fragment that already runs when one of its boxes is opened: it needs none of its own."""
    key = f"source.{made_by[0].__module__}.{made_by[0].__qualname__}"
    box = drawer("Source", icon="code", key=key)
    if not box.open:
        return
    with box:
        st.caption("Runs as it stands, from the project's folder:")
        for snippet in snippets:
            st.code(snippet, language="python", wrap_lines=True)
        for function in made_by:
            st.caption(f"{function.__module__}.{function.__qualname__}")
            st.code(_code(function), language="python", wrap_lines=True)


_code = functools.lru_cache(maxsize=512)(inspect.getsource)  # it takes apart the whole file up to the function
