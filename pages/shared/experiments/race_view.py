"""All cells of an experiment on one canvas: what ships, played; what is trained here, while it grows and afterwards."""

from __future__ import annotations

import streamlit as st

from cnnviz import datasets, experiments
from cnnviz.experiments import worker
from cnnviz.figures import race as figures
from cnnviz.records.experiments import Results
from pages.shared.components.race import race
from pages.shared.experiments import answer

PERIOD = 0.5  # seconds between two looks
SHIPPED, HERE = "What ships", "Trained here"


def show(name: str, *, small: bool) -> None:
    """The race; where something was trained here, with a choice between that and what ships."""
    alive = worker.status(name).alive
    key = f"{name}.raced"
    which = SHIPPED
    if alive or worker.under_way(name) or any(one.n for one in experiments.own_results(name, small=small).cells):
        st.session_state.setdefault(key, SHIPPED)
        chosen = st.segmented_control("Which runs", (SHIPPED, HERE), required=True, key=key, persist_state="session")
        which = chosen or SHIPPED
    st.fragment(_race, run_every=PERIOD if alive and which == HERE else None)(name, which=which, small=small)


def follow(name: str) -> None:
    """From now on what is trained here; for a button's callback."""
    st.session_state[f"{name}.raced"] = HERE


def _race(name: str, *, which: str, small: bool) -> None:
    own = which == HERE
    found = experiments.own_results(name, small=small) if own else answer.of(name)
    under_way = worker.under_way(name) if own else ()
    if not under_way and not any(one.n for one in found.cells):
        st.info("Starting: the curves appear with the first steps." if own else "Its results are not here yet.")
        return
    title = experiments.get(name).title
    race(figures.race(found, under_way=under_way, examples=_examples(found), title=title), key=f"{name}.race")
    if under_way and not worker.status(name).alive:
        st.caption("Curves that end early belong to cells that were cut; they are not kept as results.")


def _examples(found: Results) -> int | None:
    """How many training images there are, where a config does not say how many it takes."""
    known = all(one.cell.config.examples is not None for one in found.cells)
    return None if known else _size(found.dataset)


@st.cache_resource(max_entries=8, show_spinner=False)
def _size(dataset: str) -> int | None:
    return len(datasets.load(dataset)) if datasets.status(dataset).available else None
