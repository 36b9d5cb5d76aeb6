"""Steering a run under way: hold it, let it take single steps, give it other values."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from cnnviz import runs, training
from cnnviz.figures import curves
from cnnviz.records import STEERED, RunStatus

ROUND: dict[str, tuple[float, ...]] = {  # what the sliders stop at, besides the value that holds
    "lr": tuple(float(f"{digit}e{power}") for power in range(-5, 1) for digit in (1, 2, 5)),
    "momentum": (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99),
    "weight_decay": (0.0, *(float(f"{digit}e{power}") for power in range(-5, 0) for digit in (1, 5))),
    "batch_size": (2, 4, 8, 16, 32, 64, 128, 256, 512, 1024),
}
WIDTH = 124  # pixels of the button that holds a run or lets it go on
PATIENCE = 0.5  # seconds that a button waits for the worker's answer, so that it shows with the click


def hold(run: runs.Run, status: RunStatus, *, key: str) -> None:
    """Pause, or where it is held, Continue: both as wide, so that what stands beside them stays under the pointer."""
    if status.state == "paused":
        st.button(
            "Continue", key=f"{key}.resume", icon=":material/play_arrow:", width=WIDTH,
            on_click=_ask, args=(run, run.resume, lambda now: now.state != "paused"),
        )  # fmt: skip
        return
    st.button(
        "Pause", key=f"{key}.pause", icon=":material/pause:", disabled=status.state != "running", width=WIDTH,
        on_click=_ask, args=(run, run.pause, lambda now: now.state == "paused"),
    )  # fmt: skip


def steps(run: runs.Run, status: RunStatus, *, key: str) -> None:
    """One or ten steps of a run that is held."""
    for count, name in ((1, "One step"), (10, "Ten steps")) if status.state == "paused" else ():
        st.button(
            name, key=f"{key}.step{count}", icon=":material/skip_next:", on_click=_advance, args=(run, count),
        )  # fmt: skip


def sliders(run: runs.Run) -> None:
    """Round values for the run at hand, each taken as soon as it is let go.

    The value that holds is the slider's default, too: a browser that draws it anew sends its default back, and one that
    began at the lowest value would change the run without anybody's hand.
    """
    now = run.config.to_json() | run.steering().values
    shown = [name for name in STEERED if name != "momentum" or run.config.optimizer == "sgd"]
    for column, name in zip(st.columns(len(shown), gap="medium"), shown, strict=True):
        key, value = f"lab.slide.{run.id}.{name}", now[name]
        changed = st.session_state.get(key, value) != value  # by typed numbers, or in another tab
        if changed:
            st.session_state[key] = value
        column.select_slider(
            curves.NAMES[name].capitalize(), sorted({*ROUND[name], value}), None if changed else value, key=key,
            format_func="{:g}".format, on_change=_slid, args=(run, name),
        )  # fmt: skip


def _slid(run: runs.Run, name: str) -> None:
    value, before = st.session_state[f"lab.slide.{run.id}.{name}"], run.changes()
    _ask(run, lambda: run.steer(**{name: value}), lambda now: run.changes() != before)


def form(run: runs.Run) -> None:
    """Other values for the run at hand; said where they cannot be trained with."""
    config = run.config
    wanted = config.to_json() | run.steering().values
    shown = [name for name in STEERED if name != "momentum" or config.optimizer == "sgd"]
    with st.form(f"lab.steer.{run.id}", border=False):
        columns = st.columns(len(shown))
        for column, name in zip(columns, shown, strict=True):
            with column:
                _field(run, name, wanted[name])
        st.form_submit_button("Change", icon=":material/tune:", on_click=_change, args=(run, shown))
    if said := st.session_state.pop("lab.steer.said", ""):
        st.error(said, icon=":material/error:")
    st.caption(
        "A new batch size holds from the next epoch on, the rest from the next step. What was changed, and when, stays "
        "with the run, and its snippet makes it again."
    )


def _field(run: runs.Run, name: str, value: float | int) -> None:
    key = f"lab.steer.{run.id}.{name}"
    if name == "batch_size":
        st.number_input(curves.NAMES[name].capitalize(), 1, 65_536, int(value), key=key)
        return
    highest = {"lr": 1000.0, "momentum": max(0.9999, value)}.get(name, 100.0)
    step = {"lr": 0.001, "momentum": 0.05}.get(name, 0.0001)
    st.number_input(curves.NAMES[name].capitalize(), 0.0, highest, float(value), step=step, format="%.4g", key=key)


def _change(run: runs.Run, names: list[str]) -> None:
    values = {name: st.session_state[f"lab.steer.{run.id}.{name}"] for name in names}
    before = run.changes()
    _ask(run, lambda: run.steer(**values), lambda now: run.changes() != before)


def _advance(run: runs.Run, steps: int) -> None:
    until = run.status().step + steps
    _ask(run, lambda: run.advance(steps), lambda now: now.state == "paused" and now.step >= until)


def _ask(run: runs.Run, request: Callable[[], object], done: Callable[[RunStatus], bool]) -> None:
    """Says what is wanted and waits a moment for it; a run that ended meanwhile has nothing to be asked for."""
    try:
        request()
    except (runs.RunError, training.ConfigError) as error:
        st.session_state["lab.steer.said"] = str(error)
        return
    late = time.monotonic() + PATIENCE
    while time.monotonic() < late and (now := run.status()).alive and not done(now):
        time.sleep(0.02)
