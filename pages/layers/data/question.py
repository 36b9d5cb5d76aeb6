"""The question at the end of a section, from what it shows."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnnviz import datasets
from cnnviz.topics.data import questions
from pages.layers.data import cache
from pages.shared import predict


def _steps(name: str) -> predict.Wanted:
    return questions.steps(len(cache.split(name)), int(st.session_state.get("data.batch_size", 64)))


ASKED: dict[str, Callable[[str], predict.Wanted]] = {
    "Images": _steps,
    "Transforms": lambda name: questions.flipped(*datasets.info(name).shape[1:]),
    "Batches": _steps,
    "Mean and deviation": lambda name: questions.normalised(cache.channels(name, cache.version(name))[0]),
}


def ask(part: str, name: str) -> None:
    """Of this section and this data set."""
    predict.ask(part, ASKED[part](name))
