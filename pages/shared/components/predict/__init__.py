"""Predict, then reveal: questions about what is at hand, closed to one line until somebody opens them.

Choosing an answer asks nothing of the server: what is wrong with it, or why it is right, stands there at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict

import streamlit as st

from cnnviz.figures.packets import digest
from cnnviz.quiz import Question
from pages.shared import messages
from pages.shared.components import captions, own

_component = st.components.v2.component("cnnviz_predict", **own(__file__, words=captions.PREDICT))


@dataclass(frozen=True)
class PredictView:
    """What is seen: whether the questions are open, which one, from 0, how often other numbers were wanted."""

    open: bool = False
    at: int = 0
    others: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.at <= messages.MOST and 0 <= self.others <= messages.MOST):
            raise ValueError(f"counts are 0 to {messages.MOST}")


class Answer(TypedDict):
    """One answer as the browser reads it."""

    text: str
    right: bool
    said: str


class Asked(TypedDict):
    """One question as the browser reads it."""

    words: str
    answers: list[Answer]


def panel(questions: Sequence[Question], *, at: int, is_open: bool, key: str, on_view: Callable[[], None]) -> None:
    """at: which question is shown, from 0. on_view: called after somebody opened, closed, went on or asked for others.

    The "view" of `messages.heard` is then a `PredictView`.
    """
    asked: list[Asked] = [
        {
            "words": question.words,
            "answers": [{"text": one.text, "right": one.is_right, "said": one.said} for one in question.options],
        }
        for question in questions
    ]
    _component(
        key=key, data={"questions": asked, "at": at, "open": is_open, "digest": digest(asked)}, height="content",
        on_view_change=on_view,
    )  # fmt: skip
