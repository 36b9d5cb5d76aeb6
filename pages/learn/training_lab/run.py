"""One run, looked at: live while it is under way, in full when it has ended."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping

import streamlit as st

from cnnviz import checkpoints, datasets, runs, training
from cnnviz.figures import curves
from cnnviz.records import Finished, Started
from cnnviz.topics.training_lab import captions, elsewhere, file_names, gallery_figures, tracker_snippets
from pages.learn.training_lab import again, by_class, keeping, linked, moved_layers, naming, onward, take, tested
from pages.learn.training_lab.components.gallery import gallery
from pages.shared import cache, predict
from pages.shared.charts import chart, theme
from pages.shared.downloads import downloads
from pages.shared.source_box import source_box
from pages.shared.training import panel, steering

PERIOD = 0.5  # seconds between two looks at a run that is under way


def run_picker() -> str | None:
    """All runs, one's own first, newest first, then those that ship with the project."""
    listed = naming.own()
    listed |= {item.run_id: captions.shipped_run(item.title) for item in checkpoints.available() if item.shipped}
    if not listed:
        return None
    if (newest := st.session_state.get("train.run")) in listed and newest != st.session_state.get("lab.seen"):
        st.session_state["lab.run"] = st.session_state["lab.seen"] = newest
    linked.restore_run(listed)
    # said again at every run, or the browser keeps the words of when it was chosen
    st.session_state["lab.run"] = st.session_state.get("lab.run") or _opens_with(listed)
    chosen: str | None = st.selectbox(
        captions.RUN, list(listed), format_func=lambda run_id: listed.get(run_id, run_id), key="lab.run",
        persist_state="session",
    )  # fmt: skip
    linked.publish_run(chosen or "")
    return chosen


def _opens_with(listed: Mapping[str, str]) -> str:
    """The first whose data set is on this computer, so that its test images can be shown; else the first."""
    here = (run_id for run_id in listed if _images_here(run_id))
    return next(here, next(iter(listed)))


def _images_here(run_id: str) -> bool:
    run = runs.find(run_id)
    return run is not None and datasets.status(run.config.dataset).available


def show(run_id: str) -> None:
    """Curves and config; when it has ended, what it learned."""
    run = runs.find(run_id)
    if run is None:
        st.error(captions.gone(run_id))
        return
    status = run.status()
    st.fragment(_curves, run_every=PERIOD if status.alive else None)(run_id, status.alive)
    if status.alive:
        steering.sliders(run)
        with st.expander(captions.CHANGE, icon=":material/tune:"):
            steering.form(run)
    if status.state == "failed":
        st.error(captions.failed(status.message), icon=":material/error:")
        st.code(run.log(tail=40), language=None, wrap_lines=True)
    if not status.alive:
        keeping.buttons(run, key="lab")
    naming.fields(run)
    if not status.alive and run.has_weights():
        _result(run)
    begun = next((event for event in run.events() if isinstance(event, Started)), None)
    if begun is not None:
        state = {"images": begun.examples, "batch": run.config.batch_size, "epochs": begun.epochs}
        predict.ask("Training lab", ("epoch_steps", state))
    with st.expander(captions.CONFIG, icon=":material/tune:"):
        st.code(json.dumps(run.config.to_json(), indent=2, ensure_ascii=False), language="json", wrap_lines=True)
    source_box(run.snippet(), made_by=(training.train, training.evaluate))


def _curves(run_id: str, alive: bool) -> None:
    """The bar and the curves; looked at again by itself while the run is under way."""
    run = runs.find(run_id)
    if run is None:
        return
    status, events = run.status(), run.events()
    history, changes = curves.history(events), run.changes(events)
    st.progress(panel.progress(run.config, status), text=panel.words(status))
    again.buttons(run, status, key="lab")
    if alive:
        steps = status.steps if run.config.seconds is None else None  # by seconds: nobody knows how many there will be
        st.echarts_chart(curves.live(history, steps=steps, changes=changes, theme=theme()), key="lab.live", height=400)
    elif len(history["step"]):
        chart(curves.learning(history, changes=changes, theme=theme()), key="lab.curves")
        st.caption(curves.words(history))
    if changes or alive:  # a line that is always there while it trains: the sliders below keep their place
        st.caption(curves.changed(changes) if changes else captions.UNCHANGED)
    if alive and not status.alive:
        st.rerun()


def _result(run: runs.Run) -> None:
    """What the trained network does on the test images."""
    onward.buttons(run, key="lab")
    take.away(run.id)
    _elsewhere(run.id)
    finished = next((event for event in reversed(run.events()) if isinstance(event, Finished)), None)
    if finished is not None and finished.confusion:
        classes = checkpoints.spec(run.id).classes
        by_class.show(run, finished.confusion, classes)
    tested.show(run)
    with st.expander(captions.MOVED, icon=":material/moving:", key="lab.moved"):
        moved_layers.show(run)
    _eight(run)


def _elsewhere(run_id: str) -> None:
    """The curves for other people's trackers."""
    with st.expander(captions.ELSEWHERE, icon=":material/ios_share:"):
        if elsewhere.able():
            make = functools.partial(elsewhere.tensorboard, run_id)
            downloads(
                [(captions.TENSORBOARD, f"{file_names.of(run_id)}_tensorboard.zip", "application/zip", make)],
                key="lab.tb",
            )
            st.caption(captions.TENSORBOARD_HELP)
        else:
            st.caption(captions.NO_TENSORBOARD)
        st.caption(captions.TRACKERS)
        for tab, snippet in zip(st.tabs(list(tracker_snippets.ALL)), tracker_snippets.ALL.values(), strict=True):
            tab.code(snippet(run_id), language="python", wrap_lines=True)


def _eight(run: runs.Run) -> None:
    """Eight test images with what the network says, drawn anew on request."""
    st.subheader(captions.EIGHT, divider="gray")
    status = datasets.status(run.config.dataset)
    if not status.available:
        st.info(captions.no_images(status.sentence), icon=":material/info:")
        return
    if st.button(captions.EIGHT_OTHERS, key="lab.more", icon=":material/casino:"):
        st.session_state["lab.seed"] = st.session_state.get("lab.seed", 0) + 1
    drawn = cache.drawn_predictions(run.id, run.modified(), st.session_state.get("lab.seed", 0))
    tiles = gallery_figures.tiles(drawn.logits, drawn.labels, drawn.classes)
    gallery(gallery_figures.sprite(drawn.pictures), tiles, key="lab.gallery")
    st.caption(captions.right(tiles))
