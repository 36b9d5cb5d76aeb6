"""The one line on training that is always in sight, on top: "Train a network", or the run under way in a few words.

A click unfolds the sidebar with the form and the run. It stays folded until then: most pages are about looking.
"""

from __future__ import annotations

import streamlit as st

from cnnviz import runs
from pages.shared.components.top_line import top_line
from pages.shared.training import panel

PERIOD = 1.0  # seconds between two looks at a run under way
INVITATION = "Train a network"


def show() -> None:
    """The line, which follows the run under way by itself."""
    run = panel.current()
    alive = run is not None and run.status().alive
    with st.container(key="train.line"):
        st.fragment(_line, run_every=PERIOD if alive else None)()


def _line() -> None:
    run = panel.current()
    if run is None:
        top_line(INVITATION)
        return
    top_line(f"{run.title} · {panel.brief(run.status(), runs.supervisor().place(run.path))}")
