"""The parts of a page: a row of buttons, and under it what the open part shows, as its title and a sentence."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.shared import named_choice, url_state

WHAT, REFUSED = "part", "page_parts.refused"


def choose(
    key: str, labels: Mapping[str, str], said: Mapping[str, str], *, first: str = "", by_name: bool = False
) -> str:
    """The buttons and, below them, what is said of the open part. Returns its name.

    key: of the widget, and of the value in the link, which carries the label. labels: name → label.
    said: name → Markdown, for every name. first: what opens without a link; else the first of the labels.
    by_name: the link carries the name instead.
    """
    part = buttons(key, labels, first=first, by_name=by_name)
    say(part, said)
    return part


def buttons(key: str, labels: Mapping[str, str], *, first: str = "", by_name: bool = False) -> str:
    """The buttons alone, where something stands beside them. A link that names no part of the page says so."""
    if by_name:
        return named_choice.choice(
            st.segmented_control, "Part", labels, key=key, first=first, what=WHAT, required=True,
            label_visibility="collapsed",
        )  # fmt: skip
    offered = list(labels)
    if (asked := st.query_params.get(key)) is not None and asked not in labels.values():
        st.session_state[REFUSED] = asked
        del st.query_params[key]
        st.rerun()  # else the browser marks no part at all
    if refused := st.session_state.pop(REFUSED, ""):
        url_state.say_not_there(refused, list(labels.values()), what=WHAT)
    chosen: str | None = st.segmented_control(
        "Part", offered, format_func=labels.__getitem__, default=first or offered[0], required=True, key=key,
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    return chosen or first or offered[0]


def say(part: str, said: Mapping[str, str]) -> None:
    """What is said of that part. Raises KeyError for a part of which nothing is said."""
    st.markdown(said[part])
