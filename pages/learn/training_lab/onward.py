"""From a run to what its network sees: on the first page, and on the map of its features."""

from __future__ import annotations

import streamlit as st

from cnnviz import networks, runs
from cnnviz.topics.training_lab import captions
from pages.shared import navigation, turning, url_state


def buttons(run: runs.Run, *, key: str) -> None:
    """Explore it, and the map; of a run under way, with its newest snapshot. They wait for the first weights, and keep
    their place meanwhile: buttons that come push others away from under the pointer.
    """
    waits = not run.has_weights()
    with st.container(horizontal=True):
        explored = st.button(
            captions.EXPLORE, type="primary", icon=":material/visibility:", key=f"{key}.explore", disabled=waits
        )
        mapped = st.button(
            captions.MAP, icon=":material/scatter_plot:", key=f"{key}.map", help=captions.MAP_HELP, disabled=waits
        )
    if not (explored or mapped):
        return
    under_way = run.snapshots() if run.status().alive else ()
    url_state.change(network=networks.run_choice(run.id, under_way[-1] if under_way else None))
    there = navigation.EXPLORE if explored else navigation.script("image_map")
    turning.to(there)
