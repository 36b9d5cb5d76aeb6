"""What this visitor has used of what one visitor may, where the app is shared; and the way in for a teacher."""

from __future__ import annotations

import math

import streamlit as st

from cnnviz import limits, runs, visitors
from cnnviz.plain_text import escaped
from cnnviz.runs import quotas
from pages.shared import visitor
from pages.shared.training import panel

STATES = (
    "Besides {size:,.0f} MB from which stopped runs go on. They count to nothing: where you need the room, those of "
    "deleted runs go first, then the oldest."
)
FIELD, WAIT, FOLLOWED = "visitor.typed", "visitor.wait", "visitor.followed"
PERIOD = 2.0  # seconds between two looks while a run of this visitor waits or trains


def show() -> None:
    """Nothing where everything is one person's."""
    asking = visitors.current()
    if not asking.id:
        return
    if asking.teacher:
        st.caption("You see and change everybody's runs, data sets and weights, as the teacher.")
        _experiments(asking.id)
        return
    st.caption(f"You are {visitors.called(asking.id)} here: a teacher sees this name beside your runs.")
    st.session_state[FOLLOWED] = bool(runs.supervisor().load_of(asking.id))
    st.fragment(_used, run_every=PERIOD if st.session_state[FOLLOWED] else None)()
    with st.popover("For the teacher", icon=":material/school:"):
        st.text_input("The teacher's key", type="password", key=FIELD, on_change=_typed, max_chars=200)
        if (wait := st.session_state.get(WAIT)) is not None:
            st.caption(refused(wait))


def _used() -> None:
    """What changes by itself while a run waits or trains; the whole page follows when the last of them has ended."""
    now = quotas.used(runs.supervisor())
    for line in lines(now):
        st.caption(line)
    if st.session_state[FOLLOWED] and not now.waiting:
        st.session_state[FOLLOWED] = False
        st.rerun()


def _experiments(teacher: str) -> None:
    """For the teacher: others' experiments that wait or train, which stand in no list of runs, with a way to stop each.

    teacher: an id.
    """
    for run in runs.experiments_under_way():
        owner = visitors.owner_of(run.path)
        if owner != teacher:
            with st.container(horizontal=True, vertical_alignment="center"):
                words = panel.brief(run.status(), runs.supervisor().place(run.path))
                st.caption(f"{visitors.called(owner) or 'Everybody'}: {escaped(run.id.replace('_', ' '))}, {words}.")
                st.button("Stop", key=f"{FIELD}.{owner}.{run.id}", icon=":material/stop:", on_click=run.stop)


def lines(now: quotas.Used) -> list[str]:
    """What is used, and where the next run of this visitor stands in the queue."""
    waiting, kept, disk = (limits.waiting_of_visitor, limits.runs_of_visitor, limits.disk_of_visitor)
    used = (
        f"Yours here: {now.waiting} of {waiting.value:.0f} runs wait or train, {now.kept} of {kept.value:.0f} are "
        f"kept, {now.networks} of {limits.networks_of_visitor.value:.0f} files of weights, {now.disk_mb:,.0f} of "
        f"{disk.value:,.0f} MB. One run has {limits.seconds_of_visitor.value:,.0f} seconds."
    )
    states = STATES.format(size=now.states_mb) if now.states_mb >= 1 else ""
    places = sorted(place for run in runs.list() if (place := runs.supervisor().place(run.path)))
    return [
        used,
        *([states] if states else []),
        *([f"Place in the queue: {', '.join(str(place) for place in places)}."] if places else []),
    ]


def refused(wait: float) -> str:
    """Why nobody became a teacher. wait: seconds until the next try is looked at; 0.0: this one was, and is wrong."""
    if not wait:
        return "That is not the teacher's key."
    return f"Too many keys were tried: this one was not looked at. Try again in {math.ceil(wait)} seconds."


def _typed() -> None:
    st.session_state[WAIT] = visitor.become_teacher(st.session_state.pop(FIELD, ""))
