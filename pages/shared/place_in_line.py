"""Who waits for more than a moment until a rerun begins reads how many are before them.

A rerun that waits (`turns`) has not begun, so its script can draw nothing. What it waits in, Streamlit's runner, may
send messages all the same, and the place that is left free here, the first on every page, takes one at any time: on a
page that is being opened, on one that a click's fragment belongs to, on another one than is being asked for.
"""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner.script_runner import ScriptRunnerEvent

MARK = "cnnviz-place-in-line"  # the class that app.css draws over the page
PATH = (0, 0)  # of the free place in the page's tree: the main part's first


def leave_room() -> None:
    """The place, empty. Call once a run, before anything else is drawn: a page that now begins takes what was said."""
    st.empty()


def words(before: int) -> str:
    """before: how many that wait will have their turn first.

    >>> words(0), words(1), words(12)
    ('Waiting for others: you are next.', 'Waiting for others: 1 before you.', 'Waiting for others: 12 before you.')
    """
    return f"Waiting for others: {f'{before} before you' if before else 'you are next'}."


def say(runner: Any, before: int | None) -> None:
    """Shows it in the browser of this runner's session, or takes it away (None). runner: a `ScriptRunner`."""
    message = ForwardMsg()
    message.metadata.delta_path.extend(PATH)
    element = message.delta.new_element
    if before is None:
        element.empty.SetInParent()
    else:
        element.html.body = f'<div class="{MARK}" role="status">{words(before)}</div>'
    runner.on_event.send(runner, event=ScriptRunnerEvent.ENQUEUE_FORWARD_MSG, forward_msg=message)
