"""A choice that stands in the link by its short name, whatever it is called on the page.

Streamlit's own binding writes what an option is called, so that a link ends when a word on the page changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from pages.shared import url_state


def choice(
    widget: Callable[..., Any], label: str, labels: Mapping[str, str], *, key: str, first: str = "",
    what: str = "choice", **more: Any,
) -> str:  # fmt: skip
    """One of the names. A link that names none says so, and the first one opens.

    widget: st.segmented_control or st.selectbox. labels: name → what it is called. key: of the widget and in the link,
    which leaves the first one out. what: a choice is called in that sentence. more: for the widget.
    """
    usual = first or next(iter(labels))
    _take(key, labels, usual, what)
    found = widget(label, list(labels), format_func=labels.__getitem__, key=key, **more)
    name = found if found in labels else usual
    _write(key, name, usual)
    return str(name)


def _take(key: str, labels: Mapping[str, str], usual: str, what: str) -> None:
    """The widget takes what the link says, where that is not what was written into it last; else it keeps its own."""
    linked = st.query_params.get(key)
    moved = linked != st.session_state.get(_written(key))
    if linked is not None and linked not in labels:
        url_state.say_not_there(linked, list(labels.values()), what=what)
    if moved or st.session_state.get(key) not in labels:
        st.session_state[key] = linked if linked in labels else usual


def _write(key: str, name: str, usual: str) -> None:
    wanted = None if name == usual else name
    if wanted is None:
        if key in st.query_params:
            del st.query_params[key]
    elif st.query_params.get(key) != wanted:
        st.query_params[key] = wanted
    st.session_state[_written(key)] = wanted


def _written(key: str) -> str:
    return f"{key}.in_link"
