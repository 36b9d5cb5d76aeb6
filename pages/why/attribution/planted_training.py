"""The two networks for a planted shortcut in images of one's own: trained here, followed, stopped, and then at hand."""

from __future__ import annotations

import streamlit as st

from cnnviz import datasets, networks, runs, training
from cnnviz.plain_text import escaped
from cnnviz.topics.attribution import planting, planting_captions
from pages.shared import gallery_picker
from pages.shared.training import panel

PERIOD = 0.5  # seconds between two looks
SAID = "attribution.planted.said"
Pair = tuple[str, str]
Settings = tuple[training.TrainConfig, training.TrainConfig]  # with the cue, its twin


def pair(images: str) -> Pair | None:
    """The choices of (the network with the cue, its twin); None while they are not there, with the way on the page."""
    configs = _configs(images)
    if configs is None:
        return None
    alive = any(runs.under_way(config) for config in configs)
    done = [_standing(config, images) for config in configs]
    if alive:
        st.fragment(_live, run_every=PERIOD)(configs)
        return None
    _offer(images, configs, [run for run in done if run is not None])
    if (said := st.session_state.pop(SAID, "")) != "":
        st.error(escaped(said), icon=":material/error:")
    ready = [networks.run_choice(run.id) for run in done if run is not None and run.status().state == "finished"]
    return (ready[0], ready[1]) if len(ready) == len(configs) else None


def _configs(images: str) -> Settings | None:
    try:
        if problem := _problem(images, gallery_picker.version(images)):
            st.info(escaped(problem), icon=":material/info:")
            return None
        configs = planting.configs(images)
        for config in configs:
            training.check(config)
    except (datasets.DatasetError, training.ConfigError) as error:
        st.warning(escaped(error), icon=":material/info:")
        return None
    return configs


@st.cache_data(max_entries=16, show_spinner=planting_captions.READING)
def _problem(images: str, version: int) -> str:
    return planting.problem(images)


def _standing(config: training.TrainConfig, images: str) -> runs.Run | None:
    """What was trained on these very images: not on others that were in a folder of this name before."""
    run = runs.standing(config)
    return run if run is not None and run.begun() >= gallery_picker.version(images) / 1e9 else None


def _offer(images: str, configs: Settings, done: list[runs.Run]) -> None:
    """The button, and what it does; or that both are there."""
    title, ready = datasets.info(images).title, len(done) == len(configs)
    words = planting_captions.AGAIN if ready else planting_captions.TRAIN
    diverged = [run for run in done if run.status().state == "diverged"]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            words, key="attribution.planted.start", type="tertiary" if ready else "primary",
            icon=":material/replay:" if ready else ":material/play_arrow:", on_click=_start, args=(configs, ready),
        )  # fmt: skip
        st.caption(escaped(planting_captions.trained(title) if ready else planting_captions.offered(title, configs)))
    if diverged:
        st.warning(planting_captions.DIVERGED, icon=":material/info:")


def _start(configs: Settings, again: bool) -> None:
    """Both go into the queue; one that was trained before with these very settings stays, unless all is to be anew."""
    for config in configs:
        try:
            run = runs.start(config, again=again or runs.standing(config) is not None)
        except (runs.QueueFull, runs.RunError, training.ConfigError) as error:
            st.session_state[SAID] = str(error)
            return
        st.session_state["train.run"] = run.id


def _live(configs: Settings) -> None:
    """How far both are, and Stop; the page begins anew once neither is under way."""
    found = [runs.under_way(config) or runs.standing(config) for config in configs]
    for name, config, run in zip(planting_captions.NETWORKS, configs, found, strict=True):
        if run is None:
            st.progress(0.0, text=f"{planting_captions.NETWORKS[name]}: {planting_captions.NOT_BEGUN}")
            continue
        status = run.status()
        place = runs.supervisor().place(run.path)
        words = panel.brief(status, place) if place else panel.words(status)
        st.progress(panel.progress(config, status), text=f"{planting_captions.NETWORKS[name]}: {escaped(words)}")
    alive = [run for run in found if run is not None and run.status().alive]
    st.button(
        planting_captions.STOP, key="attribution.planted.stop", icon=":material/stop:", disabled=not alive,
        on_click=_stop, args=(alive,),
    )  # fmt: skip
    if not alive:
        st.rerun()


def _stop(alive: list[runs.Run]) -> None:
    try:
        for run in alive:
            run.stop()
    except runs.RunError as error:
        st.session_state[SAID] = str(error)
