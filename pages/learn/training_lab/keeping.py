"""Keeping runs: one that was cut off goes on, one that has ended is deleted, and that can be undone."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnnviz import memory, runs, visitors
from cnnviz.plain_text import escaped
from cnnviz.topics.training_lab import captions
from pages.shared.view import forget

DELETED, PROBLEM = "keeping.deleted", "keeping.problem"


def buttons(run: runs.Run, *, key: str) -> None:
    """Go on, where the run was cut off, and Delete, where it has ended and is one's own."""
    with st.container(horizontal=True):
        if run.resumable:
            st.button(
                captions.GO_ON, key=f"{key}.go_on", type="primary", icon=":material/resume:", help=_what_it_keeps(run),
                on_click=_go_on, args=(run.id,),
            )  # fmt: skip
        if not run.shipped and not run.status().alive:
            st.button(
                captions.DELETE, key=f"{key}.delete", icon=":material/delete:", help=captions.DELETE_HELP,
                on_click=_delete, args=(run.id,),
            )  # fmt: skip


def _what_it_keeps(run: runs.Run) -> str:
    """What Go on does; where visitors have so much disk each, also how long that can be done."""
    if not visitors.current().limited:
        return captions.GO_ON_HELP
    return f"{captions.GO_ON_HELP} {captions.STATE_KEPT.format(size=memory.words(run.state_size()))}"


def undo(*, key: str) -> None:
    """What was deleted last in this session, with the way back; and what could not be done."""
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(escaped(problem), icon=":material/error:")
    run_id = st.session_state.get(DELETED)
    if run_id not in runs.deleted():
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(captions.deleted(run_id))
        st.button(captions.UNDO, key=f"{key}.undo", icon=":material/undo:", on_click=_restore, args=(run_id,))


def trash(*, key: str) -> None:
    """How much of one's own lies in the trash, and the way to be rid of it."""
    if count := runs.own_deleted():
        st.button(
            captions.empty_trash(count, len(runs.deleted()) - count), key=f"{key}.empty",
            icon=":material/delete_forever:", on_click=_do, args=(runs.empty_trash,),
        )  # fmt: skip


def _go_on(run_id: str) -> None:
    _do(lambda: _follow(runs.resume(run_id)))


def _delete(run_id: str) -> None:
    _do(lambda: runs.delete(run_id))
    if PROBLEM not in st.session_state:
        st.session_state[DELETED] = run_id


def _restore(run_id: str) -> None:
    _do(lambda: _follow(runs.restore(run_id)))
    st.session_state.pop(DELETED, None)


def _follow(run: runs.Run) -> None:
    """It is the run that the lab shows and the bar follows."""
    st.session_state["lab.run"] = st.session_state["train.run"] = st.session_state["lab.seen"] = run.id


def _do(request: Callable[[], object]) -> None:
    """Says what could not be done. What was cached of the run's weights is looked at anew."""
    try:
        request()
    except (runs.RunError, runs.QueueFull) as error:
        st.session_state[PROBLEM] = str(error)
    except KeyError as error:
        st.session_state[PROBLEM] = str(error.args[0])
    forget()
