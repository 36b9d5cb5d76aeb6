"""A race of chosen values: the settings of the sidebar with one of them varied, all started by one button."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from cnnviz import models, runs, training
from cnnviz.figures import run_names
from cnnviz.topics.training_lab import comparison_captions, heats
from pages.shared.training import sidebar

SAID, STARTED = "lab.race.said", "lab.race.started"


def take_over(listed: Mapping[str, str]) -> None:
    """What a race has just started is what is compared; before the list of runs is drawn."""
    if (started := st.session_state.pop(STARTED, None)) is not None:
        st.session_state["lab.compared"] = [run_id for run_id in started if run_id in listed]
    elif "lab.compared" in st.session_state:  # a run that was deleted is no choice any more
        kept = [run_id for run_id in st.session_state["lab.compared"] if run_id in listed]
        st.session_state["lab.compared"] = kept


@st.fragment
def show() -> None:
    """What differs, its values, how many seeds; and the button."""
    with st.expander(comparison_captions.RACE, icon=":material/flag:", expanded=True):
        base = sidebar.chosen()
        left, middle, right = st.columns([1.2, 2, 0.8], vertical_alignment="bottom")
        names = heats.raced(base.model)
        name = left.selectbox(
            comparison_captions.RACE_OF, names, format_func=run_names.setting_name, key="lab.race.name",
            help=comparison_captions.RACE_HELP, persist_state="session",
        )  # fmt: skip
        with middle:
            values, problem = _values(name, base)
        seeds = 1
        if name != "seed":
            seeds = int(right.number_input(comparison_captions.SEEDS, 1, heats.MOST, 1, key="lab.race.seeds"))
        wanted: list[training.TrainConfig] = []
        if not problem:
            try:
                wanted = heats.configs(base, name, values, seeds=seeds)
            except heats.HeatError as error:
                problem = str(error)
        if problem:
            st.warning(problem, icon=":material/info:")
        st.button(
            comparison_captions.start(len(wanted)), key="lab.race.start", type="primary", icon=":material/flag:",
            disabled=not wanted, on_click=_start, args=(wanted,),
        )  # fmt: skip
        if STARTED in st.session_state:
            st.rerun()  # this is a fragment, and what is compared stands outside it
        st.caption(comparison_captions.base(models.title(base.model), _words(base, name)))
        if said := st.session_state.get(SAID):
            st.caption(said)


def _values(name: str, base: training.TrainConfig) -> tuple[tuple[Any, ...], str]:
    """The values that are to race, and what is wrong with them, or ""."""
    if name in heats.NUMBERS or name == "seed":
        first = heats.FIRST.get(name, "0, 1, 2")
        text = st.text_input(
            comparison_captions.VALUES, first, key=f"lab.race.{name}", max_chars=200,
            help=comparison_captions.VALUES_HELP,
        )  # fmt: skip
        try:
            return heats.numbers(name, text), ""
        except heats.HeatError as error:
            return (), str(error)
    options = models.trainable() if name == "model" else heats.CHOICES[name]
    words = models.title if name == "model" else run_names.setting_value
    chosen_first = [base.model] if name == "model" else list(options)
    chosen = st.multiselect(
        comparison_captions.VALUES, options, default=chosen_first, format_func=words, key=f"lab.race.{name}"
    )  # fmt: skip
    return tuple(chosen), ""


def _words(base: training.TrainConfig, name: str) -> str:
    shown = ("epochs" if base.seconds is None else "seconds", "batch_size", "optimizer", "lr")
    return run_names.label(base, [one for one in shown if one != name])


def _start(wanted: list[training.TrainConfig]) -> None:
    """Starts all of them; those that were trained before with these very settings are taken as they are."""
    begun: list[str] = []
    kept = 0
    for config in wanted:
        standing = runs.standing(config)
        try:
            run = runs.start(config)
        except (runs.QueueFull, runs.RunError, training.ConfigError) as error:
            st.session_state[SAID] = comparison_captions.stopped_early(str(error), len(begun))
            break
        kept += standing is not None
        begun.append(run.id)
    else:
        st.session_state[SAID] = comparison_captions.started(len(begun) - kept, kept)
    if begun:
        st.session_state[STARTED] = begun
        st.session_state["train.run"] = st.session_state["lab.seen"] = begun[0]
