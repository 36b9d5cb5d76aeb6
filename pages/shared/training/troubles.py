"""What is wrong with the runs here: a line for directories that cannot be read, and one for what keeps runs waiting."""

from __future__ import annotations

import streamlit as st

from cnnviz import runs
from cnnviz.plain_text import escaped

NAMED = 3  # of the directories that cannot be read


def show() -> None:
    """Nothing where nothing is wrong."""
    if problem := runs.supervisor().problem:
        st.warning(escaped(problem), icon=":material/error:")
    if broken := sorted(runs.unreadable()):
        st.caption(unreadable(broken))


def unreadable(run_ids: list[str]) -> str:
    """One line that names run directories that are set aside.

    >>> unreadable(["a-1", "b-2"])
    '2 runs cannot be read and are set aside: a-1, b-2.'
    """
    named = ", ".join(escaped(run_id, longest=60) for run_id in run_ids[:NAMED])
    more = f" and {len(run_ids) - NAMED} more" if len(run_ids) > NAMED else ""
    counted = "1 run cannot be read and is" if len(run_ids) == 1 else f"{len(run_ids)} runs cannot be read and are"
    return f"{counted} set aside: {named}{more}."
