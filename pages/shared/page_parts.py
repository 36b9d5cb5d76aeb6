"""The parts of a page: a row of buttons, what the open part shows, and the way from part to part at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from pages.shared import named_choice, url_state

WHAT, REFUSED, ROWS, GONE = "part", "page_parts.refused", "page_parts.rows", "page_parts.gone"


@dataclass(frozen=True)
class PartRow:
    """A row of parts that was drawn. key: of its widget; labels: name → label; part: the open one's name."""

    key: str
    labels: Mapping[str, str]
    part: str

    def beside(self, step: int) -> str | None:
        """The name of the part so many further (1: the next, -1: the one before), or None where the row ends."""
        names = list(self.labels)
        at = names.index(self.part) + step
        return names[at] if 0 <= at < len(names) else None


@dataclass(frozen=True)
class Way:
    """One step from the open part to another. label: of that part; key, part: what is set on the way."""

    label: str
    key: str
    part: str

    def go(self) -> None:
        """Opens that part, as a click in its row does; to be called before the script runs (a callback)."""
        st.session_state[self.key] = self.part
        st.session_state[GONE] = self.key


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
    """The buttons alone, where something stands beside them. A link that names no part of the page says so.

    Not to be called in a fragment: the way between the parts, at the page's end, would not follow.
    """
    part = _named(key, labels, first) if by_name else _labelled(key, labels, first)
    st.session_state.setdefault(ROWS, []).append(PartRow(key, labels, part))
    return part


def _named(key: str, labels: Mapping[str, str], first: str) -> str:
    return named_choice.choice(
        st.segmented_control, "Part", labels, key=key, first=first, what=WHAT, required=True,
        label_visibility="collapsed",
    )  # fmt: skip


def _labelled(key: str, labels: Mapping[str, str], first: str) -> str:
    offered = list(labels)
    if (asked := st.query_params.get(key)) is not None and asked not in labels.values():
        st.session_state[REFUSED] = asked
        del st.query_params[key]
        st.rerun()  # else the browser marks no part at all
    if refused := st.session_state.pop(REFUSED, ""):
        url_state.say_not_there(refused, list(labels.values()), what=WHAT)
    begins: str | None = first or offered[0]
    if st.session_state.get(GONE) == key:  # its value was set; the row around it has another key
        del st.session_state[GONE]
        begins = None
    chosen: str | None = st.segmented_control(
        "Part", offered, format_func=labels.__getitem__, default=begins, required=True, key=key,
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    return chosen or first or offered[0]


def say(part: str, said: Mapping[str, str]) -> None:
    """What is said of that part. Raises KeyError for a part of which nothing is said."""
    st.markdown(said[part])


def begin() -> None:
    """A page is about to be drawn, of which no row stands yet."""
    st.session_state[ROWS] = []


def onward(step: int) -> Way | None:
    """The way to the part so many further: in the innermost row, else in the one around it; or None."""
    rows: list[PartRow] = st.session_state.get(ROWS, [])
    for row in reversed(rows):
        if (part := row.beside(step)) is not None:
            return Way(row.labels[part], row.key, part)
    return None
