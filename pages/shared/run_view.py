"""One run, looked at: live while it is under way, in full when it has ended."""

from __future__ import annotations

import streamlit as st

from cnnviz import checkpoints, datasets, networks, runs, training
from cnnviz.figures import confusion, curves, gallery
from pages.shared import loading, navigation, run_panel, view
from pages.shared.source import source_box

PERIOD = 0.5


def run_picker() -> str | None:
    """All runs, the one under way first, then one's own, then those that ship with the project."""
    listed = {run.id: f"{run.title} · {run.status().state}" for run in runs.list()}
    listed |= {item.run_id: f"{item.title} · ships with cnnviz" for item in checkpoints.available() if item.shipped}
    if not listed:
        return None
    if (newest := st.session_state.get("train.run")) in listed and newest != st.session_state.get("lab.seen"):
        st.session_state["lab.run"] = st.session_state["lab.seen"] = newest
    return st.selectbox(
        "Run", list(listed), format_func=lambda run_id: listed.get(run_id, run_id), key="lab.run",
        persist_state="session",
    )  # fmt: skip


def show(run_id: str) -> None:
    run = runs.find(run_id)
    if run is None:
        st.error(f"The run {run_id} is gone. Choose another.")
        return
    alive = run.status().alive
    st.fragment(_curves, run_every=PERIOD if alive else None)(run_id, alive)
    with st.expander("Config", icon=":material/tune:"):
        st.json(run.config.to_json())
        st.code(f"python -m cnnviz.training {run.path.name}", language="bash")
    if alive:
        return
    if run.status().state == "failed":
        st.code(run.log(tail=40), language=None)
    if run.has_weights():
        _result(run)


def _curves(run_id: str, alive: bool) -> None:
    run = runs.find(run_id)
    if run is None:
        return
    status = run.status()
    st.progress(run_panel.progress(status), text=run_panel.words(status))
    history = run.history()
    if alive:
        st.echarts_chart(curves.live(history), key="lab.live", height=320)
    elif len(history["step"]):
        st.plotly_chart(curves.learning(history), key="lab.curves")
    if alive and not status.alive:
        st.rerun()


def _result(run: runs.Run) -> None:
    """What the trained network does on the test pictures."""
    if st.button("Explore this network", type="primary", icon=":material/visibility:", key="lab.explore"):
        view.change(network=networks.run_choice(run.id))
        st.switch_page(navigation.EXPLORE)
    status = datasets.status(run.config.dataset)
    if not status.available:
        st.info(f"The test pictures are not here, so nothing can be tested again. {status.sentence}")
        return
    found = loading.evaluation(run.id, run.modified())
    left, right = st.columns(2, gap="medium")
    left.plotly_chart(confusion.per_class(found.confusion, found.classes), key="lab.per_class")
    right.plotly_chart(confusion.matrix(found.confusion, found.classes), key="lab.confusion")
    st.subheader("Eight test pictures", divider="gray")
    if st.button("Eight others", key="lab.more", icon=":material/casino:"):
        st.session_state["lab.seed"] = st.session_state.get("lab.seed", 0) + 1
    pictures = loading.gallery(run.id, run.modified(), st.session_state.get("lab.seed", 0))
    st.image(gallery.png(pictures), output_format="PNG")
    source_box(run.snippet(), training.train, training.evaluate)
