"""Runs by their ids in the link: Streamlit would write the words of a list, which change while a run trains."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import streamlit as st

from cnnviz import limits
from cnnviz.topics.training_lab import comparison_captions
from pages.shared import url_state

COMPARED, RUN, OLD = "lab.runs", "lab.id", "lab.run"  # in the link
MOST = limits.COMPARED_RUNS  # runs of a link
FIRST = ("mnist-fc2layer-9d92c189", "mnist-cnn-19abe802")  # compared where a link names none: two that ship


def restore(listed: Collection[str]) -> None:
    """The runs that the link names and that are here are those that are compared, once a session; else FIRST."""
    if "lab.restored" in st.session_state or "lab.compared" in st.session_state:
        return
    st.session_state["lab.restored"] = True
    asked = (st.query_params.get(COMPARED) or " ".join(FIRST)).split(" ")[:MOST]
    if COMPARED in st.query_params and (gone := [run_id for run_id in asked if run_id not in listed]):
        url_state.say_left_out("runs", " ".join(gone), comparison_captions.RUNS_HERE)
    if found := [run_id for run_id in dict.fromkeys(asked) if run_id in listed]:
        st.session_state["lab.compared"] = found


def publish(chosen: Sequence[str]) -> None:
    """Writes the compared runs into the link."""
    _write(COMPARED, " ".join(chosen))


def restore_run(listed: Mapping[str, str]) -> None:
    """The run that the link names is the one that is shown, where it is here and nothing else was chosen.

    listed: id → words. Links of before hold the words of the list, under OLD.
    """
    if "lab.run" in st.session_state:
        return
    asked, words = st.query_params.get(RUN, ""), st.query_params.get(OLD, "")
    if asked and asked not in listed:
        url_state.say_left_out("run", asked, comparison_captions.RUNS_HERE)
    by_words = next((run_id for run_id, said in listed.items() if words in (run_id, said)), "")
    if found := asked if asked in listed else by_words:
        st.session_state["lab.run"] = found


def publish_run(run_id: str) -> None:
    """Writes the shown run into the link."""
    _write(RUN, run_id)


def _write(name: str, value: str) -> None:
    if st.query_params.get(name, "") == value:
        return
    if value:
        st.query_params[name] = value
    else:
        del st.query_params[name]
