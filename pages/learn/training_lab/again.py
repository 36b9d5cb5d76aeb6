"""What is always in reach of a run: Pause, Step, Stop while it trains; Train again and Reset whenever."""

from __future__ import annotations

import streamlit as st

from cnnviz import runs, training
from cnnviz.records import RunStatus
from cnnviz.topics.training_lab import captions
from pages.shared.training import panel, steering

SAID, TAKEN = "lab.again.said", "lab.again.taken"


def buttons(run: runs.Run, status: RunStatus, *, key: str) -> None:
    """In one line; and what the last of them said."""
    with st.container(horizontal=True):
        if status.alive:
            steering.hold(run, status, key=key)
            st.button(captions.STOP, key=f"{key}.stop", icon=":material/stop:", on_click=run.stop)
        else:
            st.button(
                captions.AGAIN, key=f"{key}.again", icon=":material/replay:", help=captions.AGAIN_HELP,
                on_click=_again, args=(run.id,),
            )  # fmt: skip
        st.button(
            captions.RESET, key=f"{key}.reset", icon=":material/restart_alt:", help=captions.RESET_HELP,
            on_click=_again, args=(run.id, True),
        )  # fmt: skip
        if status.alive:  # last: what stands before them does not move when they come
            steering.steps(run, status, key=key)
    if st.session_state.pop(TAKEN, False):
        st.rerun()  # these buttons stand in a fragment, and another run is to be shown by the whole page
    of, said = st.session_state.get(SAID, ("", ""))
    if of == run.id:
        st.caption(said)


def _again(run_id: str, paused: bool = False) -> None:
    """Another take of the same settings; paused: it waits before its first step, and one under way is stopped."""
    try:
        run = runs.get(run_id)
        if run.status().alive:
            runs.stop_and_wait(run)
        taken = runs.start(run.config, again=True, paused=paused)
    except (runs.QueueFull, runs.RunError, training.ConfigError) as error:
        st.session_state[SAID] = run_id, str(error)
        return
    except KeyError:
        st.session_state[SAID] = run_id, captions.gone(run_id)
        return
    st.session_state[SAID] = taken.id, panel.kept_take(run)
    # the list of runs follows by itself: what a fragment's callback puts into a field outside is lost at the rerun
    st.session_state["train.run"] = taken.id
    st.session_state[TAKEN] = True
