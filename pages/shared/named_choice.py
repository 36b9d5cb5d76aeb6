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
    what: str = "choice", in_link: Mapping[str, str] | None = None, **more: Any,
) -> str:  # fmt: skip
    """One of the names. A link that names none says so, and the first one opens.

    widget: st.segmented_control or st.selectbox. labels: name → what it is called. key: of the widget and in the link,
    which leaves the first one out. what: a choice is called in that sentence. in_link: name → word in the link, where
    that is not the name. more: for the widget.
    """
    usual = first or next(iter(labels))
    words = in_link or {name: name for name in labels}
    _take(key, labels, usual, words, what)
    found = widget(label, list(labels), format_func=labels.__getitem__, key=key, **more)
    name = found if found in labels else usual
    _write(key, None if name == usual else words[name])
    return str(name)


def several(label: str, labels: Mapping[str, str], *, key: str, what: str = "choice", **more: Any) -> list[str]:
    """Any of the names, as pills; the link has those that are chosen, with commas between them.

    What one is called may change from run to run, as where it says how long it takes. A link of before, which has what
    a name was called then, is read by what comes before the first comma.
    """
    linked = st.query_params.get(key)
    if linked != st.session_state.get(written(key)):
        first = {words.split(",")[0]: name for name, words in labels.items()}
        whole = [first.get(text.split(",")[0], text) for text in st.query_params.get_all(key)]
        asked = [name for text in whole for name in text.split(",")]
        for missing in [name for name in asked if name and name not in labels]:
            url_state.say_not_there(missing, list(labels), what=what)
        st.session_state[key] = [name for name in labels if name in asked]
    st.pills(label, list(labels), selection_mode="multi", format_func=lambda n: labels.get(n, n), key=key, **more)
    found = [name for name in labels if name in st.session_state[key]]
    _write(key, ",".join(found) or None)
    return found


def is_held(key: str) -> bool:
    """Whether this choice writes the link by itself, and says what it cannot take."""
    return written(key) in st.session_state


def _take(key: str, labels: Mapping[str, str], usual: str, words: Mapping[str, str], what: str) -> None:
    """The widget takes what the link says, where that is not what was written into it last; else it keeps its own."""
    linked = st.query_params.get(key)
    asked = next((name for name, word in words.items() if word == linked), None)
    moved = linked != st.session_state.get(written(key))
    if linked and asked is None:
        url_state.say_not_there(linked, list(labels.values()), what=what)
    if moved or st.session_state.get(key) not in labels:
        st.session_state[key] = asked or usual


def _write(key: str, wanted: str | None) -> None:
    if wanted is None:
        if key in st.query_params:
            del st.query_params[key]
    elif st.query_params.get(key) != wanted:
        st.query_params[key] = wanted
    st.session_state[written(key)] = wanted


def written(key: str) -> str:
    """Where the session keeps what was written into the link last."""
    return f"{key}.in_link"
