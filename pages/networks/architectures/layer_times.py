"""A network's milliseconds on this machine: a button, progress, and what was measured."""

from __future__ import annotations

import streamlit as st

from cnnviz.records.architectures import LayerTimes
from cnnviz.topics.architectures import captions, layer_times
from pages.networks.architectures import cache
from pages.networks.architectures.controls import ArchitectureSelection


def on_request(here: ArchitectureSelection) -> LayerTimes | None:
    """The button, and the times once it was pressed for this network and size; None before, and where it failed."""
    return _measured(here) if _asked(here) else None


def _asked(here: ArchitectureSelection) -> bool:
    """Whether the milliseconds of this network are wanted: a button, which stays pressed for this network and size."""
    state, now = st.session_state, (here.choice, here.shape)
    problem = layer_times.refusal(here.network)
    pressed = st.button(
        captions.MEASURE, key="architectures.measure", icon=":material/timer:",
        disabled=bool(problem) or state.get("architectures.timed") == now, help=problem or None,
    )  # fmt: skip
    if problem:
        st.caption(problem)
        return False
    if pressed:
        state["architectures.timed"] = now
    return state.get("architectures.timed") == now


def _measured(here: ArchitectureSelection) -> LayerTimes | None:
    known = cache.known_times(here.choice, here.shape)
    if known is not None:
        return known
    bar = st.progress(0.0, text=captions.BUILDING)
    try:
        return cache.times(here.choice, here.shape, heard=lambda share: bar.progress(share, text=captions.MEASURING))
    except (ValueError, RuntimeError, MemoryError) as error:
        st.error(captions.not_measured(str(error).splitlines()[0]), icon=":material/error:")
        return None
    finally:
        bar.empty()
