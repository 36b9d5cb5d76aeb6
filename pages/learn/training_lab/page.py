"""Training lab: a run's curves, its config and what it learned; and any number of runs beside each other."""

import streamlit as st

from cnnviz.topics.training_lab import captions
from pages.learn.training_lab import bring_back, compare, demonstration, inside, keeping, run
from pages.shared import page_parts, url_state


def one_run() -> None:
    """A run that is chosen, in full."""
    demonstration.show()
    run_id = run.run_picker()
    keeping.undo(key="lab")
    if run_id is None:
        st.info(captions.NO_RUN)
    else:
        run.show(run_id)
    bring_back.show()
    keeping.trash(key="lab")


def look_inside() -> None:
    """The same run, looked into: live while it trains, afterwards at every snapshot."""
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    with left:
        run_id = run.run_picker()
    if run_id is None:
        st.info(captions.NO_RUN)
    else:
        inside.show(run_id, beside=right)


PARTS = dict(zip(captions.PARTS, (one_run, look_inside, compare.show), strict=True))

st.title(captions.TITLE)
part = page_parts.buttons("lab.part", {name: name for name in PARTS})
PARTS[part]()
url_state.publish()
