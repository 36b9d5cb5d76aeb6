"""How far training took each layer from where it began."""

from __future__ import annotations

import streamlit as st

from cnnviz import checkpoints, configs, datasets, runs
from cnnviz.topics.training_lab import captions, moved, moved_figures
from pages.shared.charts import chart, theme

FAILS = (checkpoints.CheckpointError, configs.ConfigError, datasets.DatasetError, KeyError)


@st.cache_data(max_entries=32, show_spinner=False)
def _of(run_id: str, modified: float) -> moved.Moved:
    return moved.of(run_id)


def show(run: runs.Run) -> None:
    """Bars, or why the weights of before cannot be made."""
    try:
        found = _of(run.id, run.modified())
    except FAILS as error:
        st.caption(captions.not_moved(str(error.args[0] if error.args else error)))
        return
    chart(moved_figures.bars(found, theme=theme()), key="lab.moved.bars")
    st.caption(captions.MOVED_HELP)
