"""Predict, then reveal, at the end of a part: questions made from what the part shows, with its numbers.

`ask=2` in the link opens the second question, `quiz=7` says which numbers and which order (the seed).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from cnnviz import quiz
from cnnviz.plain_text import whole_number
from cnnviz.quiz import Question
from pages.shared import messages
from pages.shared.components.predict import PredictView, panel

Wanted = tuple[str, Mapping[str, object]]  # the kind of a question, and the state that it is made from
ASKED = "predict.asked"  # in the session: part → what it asks about
HERE = "predict.here"  # in the session: how many questions the page asks that is drawn now


def begin() -> None:
    """A page is about to be drawn, which has asked nothing yet."""
    st.session_state[HERE] = 0


def asked_here() -> int:
    """How many questions the page asks that was drawn last."""
    return int(st.session_state.get(HERE, 0))


def ask(part: str, *wanted: Wanted) -> None:
    """Draw the questions of a part, closed to one line. A state that gives no question is left out.

    part: its name in the set that can be taken along. wanted: plain values only, since the session keeps them.
    """
    kept = st.session_state.setdefault(ASKED, {})
    kept.pop(part, None)
    questions = made(wanted, _number("quiz"))
    if not questions:
        return
    kept[part] = wanted
    st.session_state[HERE] = len(questions)
    key = f"predict.{part}"
    opened = _number("ask")
    opened = opened if opened <= len(questions) else 0
    with st.container(key="predict.panel"):
        panel(
            questions, at=max(opened, 1) - 1, is_open=opened > 0, key=key,
            on_view=lambda: _to_link(key),
        )  # fmt: skip


def made(wanted: Sequence[Wanted], seed: int) -> list[Question]:
    """The questions of these states with that seed."""
    found = [quiz.ask(kind, seed, **state) for kind, state in wanted]
    return [question for question in found if question is not None]


def _number(name: str) -> int:
    return whole_number(st.query_params.get(name, "")) or 0


def _to_link(key: str) -> None:
    """What was opened goes into the link; other numbers are the next seed."""
    view = messages.heard(key, "view", PredictView) or PredictView()
    others = f"{key}.others"
    seed = _number("quiz") + int(view.others > st.session_state.get(others, 0))
    st.session_state[others] = view.others
    shown = {"ask": view.at + 1 if view.open else 0, "quiz": seed}
    for name, number in shown.items():
        if number:
            st.query_params[name] = str(number)
        elif name in st.query_params:
            del st.query_params[name]
