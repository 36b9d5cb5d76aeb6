"""What the lab calls the runs: a name of one's own, or what tells a run from the others of its kind."""

from __future__ import annotations

import streamlit as st

from cnnviz import runs, visitors
from cnnviz.figures import run_names
from cnnviz.runs import notes
from cnnviz.topics.training_lab import captions

KEY = "lab.notes"


def own() -> dict[str, str]:
    """Run id → a line in the list of runs, one's own, the newest first."""
    listed = runs.list()
    same: dict[str, list[runs.Run]] = {}
    for run in listed:
        same.setdefault(run.title, []).append(run)
    return {run.id: _line(run, same[run.title]) for run in listed}


def _line(run: runs.Run, same: list[runs.Run]) -> str:
    """What stays true until the page is drawn again: the bar below says whether a run trains or waits."""
    status = run.status()
    state = captions.UNDER_WAY if status.alive else status.state
    configs = [one.config for one in same]
    told = run_names.label(run.config, run_names.differing(configs))
    takes = [one.id for one in reversed(same) if one.config == run.config]
    take = captions.take(takes.index(run.id) + 1) if len(takes) > 1 else ""
    number = run.id.removeprefix(f"{run.config.dataset}-{run.config.model}-")
    line = captions.own_run(run.title, state, number, name=notes.read(run.path).name, told=told, take=take)
    owner, asking = visitors.owner_of(run.path), visitors.current()
    return captions.somebodys(line, visitors.called(owner)) if asking.teacher and owner not in ("", asking.id) else line


def fields(run: runs.Run) -> None:
    """A name and notes for a run of one's own; kept with it at once."""
    if run.shipped:
        return
    kept = notes.read(run.path)
    with st.expander(captions.NOTES, icon=":material/edit_note:", expanded=False):
        st.text_input(
            captions.NAME, kept.name, max_chars=notes.LONGEST_NAME, key=f"{KEY}.name.{run.id}",
            on_change=_keep, args=(run,),
        )  # fmt: skip
        st.text_area(
            captions.NOTE, kept.note, max_chars=notes.LONGEST_NOTE, key=f"{KEY}.note.{run.id}",
            on_change=_keep, args=(run,),
        )  # fmt: skip
        if said := st.session_state.pop(f"{KEY}.said", ""):
            st.error(said, icon=":material/error:")


def _keep(run: runs.Run) -> None:
    """Before the page is drawn again, so that the list above says the new name at once."""
    name, note = (str(st.session_state[f"{KEY}.{field}.{run.id}"]) for field in ("name", "note"))
    try:
        notes.write(run.path, notes.Notes(name, note))
    except OSError as error:
        st.session_state[f"{KEY}.said"] = runs.unwritable(error)
