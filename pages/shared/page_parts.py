"""The parts of a page: a row of buttons, what the open part shows, and the way from part to part at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from pages.shared import named_choice

WHAT, ROWS = "part", "page_parts.rows"


@dataclass(frozen=True)
class PartRow:
    """A row of parts that was drawn. key: of its widget; labels: name → label; part: the open one's name.

    words: name → what the link says; it says nothing for the first one.
    """

    key: str
    labels: Mapping[str, str]
    part: str
    words: Mapping[str, str]

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


def choose(key: str, labels: Mapping[str, str], said: Mapping[str, str], *, by_name: bool = False) -> str:
    """The buttons and, below them, what is said of the open part. Returns its name.

    key: of the widget, and of the value in the link, which carries the label, and nothing for the first part, which
    opens without a link. labels: name → label. said: name → Markdown, for every name. by_name: the link carries the
    name instead.
    """
    part = buttons(key, labels, by_name=by_name)
    say(part, said)
    return part


def buttons(key: str, labels: Mapping[str, str], *, by_name: bool = False) -> str:
    """The buttons alone, where something stands beside them. A link that names no part of the page says so.

    Not to be called in a fragment: the way between the parts, at the page's end, would not follow.
    """
    words = {name: name if by_name else label for name, label in labels.items()}
    part = named_choice.choice(
        st.segmented_control, "Part", labels, key=key, what=WHAT, in_link=words, required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    st.session_state.setdefault(ROWS, []).append(PartRow(key, labels, part, words))
    return part


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
