"""The run under way: a bar with rate and time left, the loss and the accuracy, Stop. It lives on through pages."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnnviz import networks, runs, training
from cnnviz.figures.numbers import percent
from cnnviz.plain_text import escaped
from cnnviz.records import RunStatus
from pages.shared import navigation, turning, url_state
from pages.shared.training import steering
from pages.shared.view import forget

UNDER_WAY = "A run with these very settings is under way: here it is."
NONE_YET = "–"
PERIOD = 0.5  # seconds between two looks at a run that is under way


def start(chosen: Callable[[], training.TrainConfig]) -> None:
    """What a Start button does: always a run of its own, but for one that is under way with the very same settings.

    What keeps it from starting is said, not raised. chosen: asked at the click. A config made when the button was drawn
    would miss what was typed just before it.
    """
    try:
        config = chosen()
        kept, following = runs.standing(config), runs.under_way(config) is not None
        run = runs.start(config, again=True)
    except (runs.QueueFull, runs.RunError, training.ConfigError) as error:
        st.session_state["train.said"] = str(error)
        return
    st.session_state["train.said"] = UNDER_WAY if following else kept_take(kept) if kept is not None else ""
    st.session_state["train.run"] = run.id


def kept_take(kept: runs.Run) -> str:
    """What is said of an earlier run of the same settings when they are trained once more."""
    whose = "ships with cnnviz and stays" if kept.shipped else f"is kept as {escaped(kept.id)}"
    return f"The same settings train again. The run before {whose}."


def show() -> None:
    """The panel; it looks again by itself only while something is under way."""
    run = current()
    alive = run is not None and run.status().alive
    _forget_ended()
    st.session_state["train.alive"] = run.id if run is not None and alive else ""
    if run is not None:
        st.fragment(_panel, run_every=PERIOD if alive else None)(run.id)


def _forget_ended() -> None:
    """Where the run that was followed has ended, whoever noticed it first: the panel, or a click that ran the page."""
    if (before := st.session_state.get("train.alive")) and (
        (run := runs.find(before)) is None or not run.status().alive
    ):
        forget()


def warm() -> None:
    """A worker waits with torch imported, so that Start answers at once. Called last: the first paint comes first."""
    runs.supervisor().warm()


def current() -> runs.Run | None:
    """The run that was started last here; in another tab, the one that is under way."""
    chosen = st.session_state.get("train.run")
    under_way = [run for run in runs.list() if run.status().alive]
    if chosen is not None and (run := runs.find(chosen)) is not None:
        return run
    return under_way[0] if under_way else None


def _panel(run_id: str) -> None:
    run = runs.find(run_id)
    if run is None:
        return
    status = run.status()
    with st.container(border=True):
        st.markdown(f"**{escaped(run.title)}**")
        st.progress(progress(run.config, status), text=words(status))
        if status.loss is not None or status.alive:  # from the first moment: nothing moves Stop under a pointer
            _figures(status)
        _buttons(run, status)
    if st.session_state.get("train.alive") == run_id and not status.alive:
        st.rerun()  # the whole page: lists of networks hold one more


def _figures(status: RunStatus) -> None:
    left, right = st.columns(2)
    left.metric("Loss", NONE_YET if status.loss is None else f"{status.loss:.3f}")
    shown = status.test_accuracy if status.test_accuracy is not None else status.accuracy
    name = "Accuracy" if status.test_accuracy is None else "Test accuracy"
    right.metric(name, NONE_YET if status.loss is None else percent(shown or 0))


def _buttons(run: runs.Run, status: RunStatus) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if status.alive:
            steering.hold(run, status, key="train")
            st.button("Stop", key="train.stop", icon=":material/stop:", on_click=run.stop)
        if run.has_weights():
            st.button("Explore it", key="train.explore", icon=":material/visibility:", on_click=explore, args=(run.id,))
        if st.session_state.pop("train.go", False):
            turning.to(navigation.EXPLORE)
        st.page_link(navigation.TRAINING_LAB, label="Curves")


def explore(run_id: str) -> None:
    """Make the run's network the one at hand; of a run under way, its newest snapshot."""
    run = runs.find(run_id)
    under_way = run.snapshots() if run is not None and run.status().alive else ()
    url_state.change(network=networks.run_choice(run_id, under_way[-1] if under_way else None))
    st.session_state["train.go"] = True


def progress(config: training.TrainConfig, status: RunStatus) -> float:
    """How much is done, in [0, 1]: of its steps or of its seconds, whichever is further."""
    if status.state == "finished":
        return 1.0
    steps = status.step / status.steps if status.steps else 0.0
    return min(1.0, max(steps, status.seconds / config.seconds if config.seconds else 0.0))


def brief(status: RunStatus, place: int = 0) -> str:
    """State and how well it does, in a few words. place: in the queue, 0 for none."""
    if place:
        return f"{status.state}, place {place}"
    measured = status.test_accuracy if status.test_accuracy is not None else status.accuracy
    return status.state if measured is None else f"{status.state} · {percent(measured)} right"


def words(status: RunStatus) -> str:
    """State, step, rate and time left, in one line."""
    parts = [status.state]
    if status.step:
        parts.append(f"step {status.step:,}")
    going = status.alive and status.state != "paused"
    if going and status.images_per_second:
        parts.append(f"{status.images_per_second:,.0f} images/s")
    if going and status.seconds_left is not None:
        parts.append(f"{status.seconds_left:.0f} s left")
    if status.state == "paused" and status.loss is not None and status.accuracy is not None:
        parts.append(f"loss {status.loss:.3f}, training accuracy {percent(status.accuracy)}")
    if not going and status.seconds:
        parts.append(f"{status.seconds:.1f} s")
    if status.message:
        parts.append(status.message)
    return " · ".join(parts)
