"""A run looked into: live while it trains, and afterwards every snapshot on one slider."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz import checkpoints, datasets, images, runs
from cnnviz.records import Spec
from cnnviz.records.inside import Array, Inside
from cnnviz.run_files.watching import EVERY
from cnnviz.runs import curves
from cnnviz.topics.training_lab import captions, inside_captions, inside_packets, questions, time_machine
from cnnviz.training import inside
from pages.learn.training_lab import again, onward
from pages.learn.training_lab.components.inside_view import inside_view
from pages.shared import image_picker, predict
from pages.shared.source_box import source_box
from pages.shared.training import panel, steering

KEPT = 6  # runs whose snapshots were looked into


def show(run_id: str, *, beside: DeltaGenerator) -> None:
    """Its image, its buttons, and the look inside. beside: where the image is chosen."""
    run = runs.find(run_id)
    if run is None:
        st.error(captions.gone(run_id))
        return
    alive = run.status().alive
    st.markdown(inside_captions.INTRODUCTION_LIVE if alive else inside_captions.INTRODUCTION_AFTER)
    spec = _spec(run_id)
    with beside:
        picture = image_picker.popover(spec) if spec is not None else None
    shown = None if picture is None or spec is None else (picture.digest, _as_seen(picture, spec))
    onward.buttons(run, key="lab.inside")
    st.fragment(_look, run_every=EVERY if alive else None)(run_id, shown, alive)
    source_box(run.snippet(), made_by=(inside.of, time_machine.frames))


def _spec(run_id: str) -> Spec | None:
    """None before the run has weights of any kind."""
    try:
        return checkpoints.spec(run_id)
    except (checkpoints.CheckpointError, KeyError):
        return None


def _as_seen(picture: image_picker.Picture, spec: Spec) -> Array:
    """[C, H, W] float32, as the network gets it."""
    found: Array = images.prepare(picture.image, spec, fit=image_picker.chosen_fit()).tensor[0].numpy()
    return found


def _look(run_id: str, shown: tuple[str, Array] | None, alive: bool) -> None:
    run = runs.find(run_id)
    if run is None:
        return
    status = run.status()
    if alive != status.alive or (alive and shown is None and _spec(run_id) is not None):
        st.rerun()  # it has ended, or there is now something that an image of one's own can be shown to
    again.buttons(run, status, key="lab.inside")
    with st.empty():  # leaves the page at once when the run has ended, and not after its snapshots were looked into
        if status.alive:
            with st.container():
                st.progress(panel.progress(run.config, status), text=panel.words(status))
                steering.sliders(run)
    try:
        frames = _live(run, shown) if status.alive else _kept(run, shown)
    except (checkpoints.CheckpointError, datasets.DatasetError, runs.RunError, KeyError) as error:
        st.error(inside_captions.cannot(str(error.args[0])), icon=":material/error:")
        return
    if frames:
        classes = checkpoints.spec(run.id).classes
        events = run.events()
        measured = inside_packets.with_the_end(curves.of(events), events)
        packet = inside_packets.packet(frames, measured, classes, live=status.alive, own=shown is not None)
        inside_view(packet, key=f"lab.inside.{'live' if status.alive else 'kept'}")
        here = datasets.status(run.config.dataset)
        said = _how(frames, live=status.alive) if here.available else inside_captions.alone(here.sentence)
        st.caption(said)
        if not status.alive:  # else the question would change twice a second
            predict.ask("Inside a run", *questions.next_step(frames, run.config.lr))


def _how(frames: tuple[Inside, ...], *, live: bool) -> str:
    looked = frames[0].looked
    return inside_captions.looked(looked, EVERY) if live else inside_captions.measured(time_machine.SLOPES, looked)


def _live(run: runs.Run, shown: tuple[str, Array] | None) -> tuple[Inside, ...]:
    found = run.watch(None if shown is None else shown[1])
    if found is None:
        st.caption(inside_captions.WAITS)
    return () if found is None else (found,)


def _kept(run: runs.Run, shown: tuple[str, Array] | None) -> tuple[Inside, ...]:
    if not run.has_weights():
        st.info(inside_captions.NO_SNAPSHOTS, icon=":material/info:")
        return ()
    if not run.snapshots():
        st.caption(inside_captions.FEW_SNAPSHOTS)
    digest, picture = shown if shown is not None else ("", None)
    return _frames(run.id, run.modified(), digest, image_picker.chosen_fit(), picture)


@st.cache_resource(max_entries=KEPT, show_spinner=inside_captions.MEASURING)
def _frames(run_id: str, modified: float, digest: str, fit: str, _picture: Array | None) -> tuple[Inside, ...]:
    return time_machine.frames(run_id, _picture)
