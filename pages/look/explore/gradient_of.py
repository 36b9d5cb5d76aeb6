"""Of which score the gradient stands beside a layer's maps: chosen here, held by the link."""

from __future__ import annotations

import streamlit as st

from cnnviz import outputs
from cnnviz.records.outputs import OutputReading
from cnnviz.topics.explore import captions
from pages.shared import url_state

KEY = "explore.gradient"


def chosen(reading: OutputReading) -> tuple[int, str] | None:
    """The list to choose from, and what is chosen: (index in the output, its name); None for no gradient."""
    names = _names(reading)
    if not names:
        return None
    wanted = url_state.get("gradient")
    now = wanted if wanted in names else None
    st.session_state[KEY] = now
    st.selectbox(
        captions.GRADIENT_OF, [None, *names], key=KEY, format_func=lambda index: captions.gradient_of(names.get(index)),
        help=captions.GRADIENT_HELP, label_visibility="collapsed", placeholder=captions.gradient_of(None),
        on_change=_taken,
    )  # fmt: skip
    return None if now is None else (now, names[now])


def _names(reading: OutputReading) -> dict[int, str]:
    """Index in the flattened output and name of every score there is, the likeliest first."""
    if reading.ranks:
        return {score.index: score.label for score in reading.scores}
    target = outputs.target(reading)
    return {} if target is None else {target: outputs.target_words(reading)}


def _taken() -> None:
    url_state.change(gradient=st.session_state[KEY])
