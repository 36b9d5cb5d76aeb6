"""Run it again here: start, follow, stop; finished cells stay, and the rest runs when it is started again."""

from __future__ import annotations

from contextlib import nullcontext

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz import datasets, experiments, runs
from cnnviz.experiments import worker
from cnnviz.experiments.running import ExperimentRequest
from cnnviz.figures import experiments as experiment_figures
from cnnviz.plain_text import escaped
from cnnviz.records import RunStatus
from cnnviz.records.experiments import Results
from pages.shared.charts import chart, theme
from pages.shared.experiments import answer, predicted, race_view

PERIOD = 0.5  # seconds between two looks
BOXES = {30: "30 s", 60: "1 min", 180: "3 min", 600: "10 min"}


def show(name: str, *, heading: str = "", asked_in: DeltaGenerator | None = None) -> None:
    """Controls, progress, bars and curves of the runs made here; above them, where it is one, the race.

    heading: over all that is run here; the question on what stands above it comes before.
    asked_in: the question's place, where the heading was drawn already, with a choice of what is run below it.
    """
    with asked_in if asked_in is not None else nullcontext():
        predicted.show(name)
    if heading:
        st.subheader(heading, divider="gray")
    experiment = experiments.get(name)
    grid = experiment.grid()
    wanted = grid[0].config.dataset
    status = datasets.status(wanted)
    small = not status.available
    if experiment.race:
        race_view.show(name, small=small)
    _say_what_runs(wanted, len(grid), small=small, race=experiment.race)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input("Seed", 0, 9999, 0, key=f"{name}.seed", persist_state="session", width=120)
        st.selectbox(
            "Time box", list(BOXES), index=2 if experiment.race else 1, format_func=BOXES.__getitem__,
            key=f"{name}.box", persist_state="session", width=120,
        )  # fmt: skip
        under_way = worker.status(name).alive
        st.button(
            "Run it again here", key=f"{name}.start", type="primary", icon=":material/play_arrow:",
            on_click=_start, args=(name, small), disabled=under_way,
        )  # fmt: skip
        st.button("Stop", key=f"{name}.stop", icon=":material/stop:", on_click=worker.stop, args=(name,),
                  disabled=not under_way)  # fmt: skip
        st.button(
            "Forget these", key=f"{name}.forget", icon=":material/delete:", on_click=worker.forget, args=(name,),
            disabled=under_way or not _any(name, small=small), help="They are set aside, and can be taken back.",
        )  # fmt: skip
        if worker.can_remember(name):
            st.button(
                "Take them back", key=f"{name}.remember", icon=":material/undo:", on_click=worker.remember, args=(name,)
            )
    if said := st.session_state.pop(f"{name}.said", ""):
        st.error(said)
    st.fragment(_live, run_every=PERIOD if under_way else None)(name, alive=under_way, small=small)


def _say_what_runs(wanted: str, cells: int, *, small: bool, race: bool) -> None:
    title = datasets.info("digits" if small else wanted).title
    why = (
        f" {datasets.info(wanted).title} is not on this machine, so this is the small version: other images, and "
        "other numbers than above."
        if small
        else ""
    )
    how = "side by side, in turns" if race else "one after the other"
    cut = " A stop or the time box keeps only cells that have come to their end." if race else ""
    st.caption(f"Trains the {cells} cells {how} on {title}, in a process of its own.{cut}{why}")


def _start(name: str, small: bool) -> None:
    """With the seed and the time box that stand there by now, drawn or not."""
    seed, box = st.session_state[f"{name}.seed"], st.session_state[f"{name}.box"]
    asked = ExperimentRequest(name, (int(seed),), small, float(box), experiments.get(name).race)
    try:
        left = experiments.missing(experiments.own_results(asked.name, small=asked.small), asked.seeds)
        if not left:
            st.session_state[f"{asked.name}.said"] = (
                f"Seed {asked.seeds[0]} is finished: take another, or forget these runs and start over."
            )
            return
        worker.start(asked)
        if asked.race:
            race_view.follow(asked.name)
    except (runs.QueueFull, runs.RunError) as error:
        st.session_state[f"{asked.name}.said"] = str(error)


def _any(name: str, *, small: bool) -> bool:
    return bool(worker.under_way(name)) or any(one.n for one in experiments.own_results(name, small=small).cells)


def _live(name: str, *, alive: bool, small: bool) -> None:
    """Progress and what is there so far; looked at again by itself while it is under way."""
    status = worker.status(name)
    if status.state == "failed":
        st.error(f"It failed: {escaped(status.message)}", icon=":material/error:")
    elif status.state:
        st.progress(_share(status), text=_words(status))
    found = experiments.own_results(name, small=small)
    if any(one.n for one in found.cells) or (status.alive and not experiments.get(name).race):
        left, right = st.columns(2, gap="medium")
        with left:
            chart(
                experiment_figures.summary(found, {}, axis=experiments.get(name).axis, theme=theme(), height=300),
                key=f"{name}.own_bars",
            )
        with right:
            _beside(name, found, alive=status.alive)
    if alive and not status.alive:
        st.rerun()


def _beside(name: str, found: Results, *, alive: bool) -> None:
    """The verdict, below curves where no race shows them already."""
    if not experiments.get(name).race:
        under_way = worker.live(name) if alive else None
        chart(
            experiment_figures.over_steps(found, theme=theme(), height=300, under_way=under_way),
            key=f"{name}.own_curves",
        )
    answer.verdict(name, found)


def _share(status: RunStatus) -> float:
    if status.state == "finished":
        return 1.0
    return min(1.0, status.step / status.steps) if status.steps else 0.0


def _words(status: RunStatus) -> str:
    """State, cell, how many, time left, in one line."""
    parts = [status.state, status.message]
    if status.epochs:
        parts.append(f"{status.epoch} of {status.epochs} cells finished")
    if status.alive and status.seconds_left is not None:
        parts.append(f"about {status.seconds_left:.0f} s left")
    if not status.alive and status.seconds:
        parts.append(f"{status.seconds:.1f} s")
    return " · ".join(part for part in parts if part)
