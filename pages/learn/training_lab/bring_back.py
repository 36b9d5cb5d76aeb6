"""A network that was taken away comes back out of its zip, and is the run that is shown."""

from __future__ import annotations

import streamlit as st

from cnnviz import failures, limits, runs
from cnnviz.plain_text import escaped
from cnnviz.topics.training_lab import captions
from pages.shared import upload_room

SAID, FILE = "lab.brought", "lab.zip"


def show() -> None:
    """The field for the zip, and what came of the last one."""
    if said := st.session_state.pop(SAID, ""):
        st.success(said, icon=":material/check_circle:")
    with st.expander(captions.BRING, icon=":material/unarchive:"):
        count = st.session_state.get(f"{FILE}.count", 0)  # another key empties the field
        file = upload_room.field(
            captions.bring_help(limits.WEIGHTS_MB), type=["zip"], key=f"{FILE}.{count}",
            max_upload_size=limits.WEIGHTS_MB,
        )  # fmt: skip
        if file is None:
            return
        try:
            run = runs.bring_back(file)
        except runs.RunError as error:
            failures.note("a network's zip was refused", error, remedy="One that was taken away here is taken in.")
            st.error(escaped(error), icon=":material/error:")
            return
    st.session_state[f"{FILE}.count"] = count + 1
    st.session_state[SAID] = captions.brought(run.title, run.id)
    st.session_state["train.run"] = run.id
    st.rerun()
