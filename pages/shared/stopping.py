"""Work that takes its time: how far it is, a Stop of its own, and that it goes on only once it is asked to.

Streamlit ends a script at any click and runs it anew. So what has finished is kept where the work keeps it
(`cnnviz.begun`), and after another click it goes on there; after Stop it does not, until "Go on".
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from cnnviz.begun import Begun
from cnnviz.figures import captions

T = TypeVar("T")
Tell = Callable[[float], object]
KEPT = "stopped"  # in the session: (key, name) of every work that the person has stopped


@dataclass(eq=False)
class Work(Generic[T]):
    """What a cache keeps of some work. found: what came of it, once it is over; begun: what has finished until then."""

    found: list[T] = field(default_factory=list)
    begun: Begun[Any] = field(default_factory=Begun)


def done(
    kept: Work[T], work: Callable[[Begun[Any], Tell], T], *, key: str, name: Hashable, says: Callable[[float], str],
    stopped: Callable[[Begun[Any]], str],
) -> T | None:  # fmt: skip
    """What the work gives, kept in `kept`; None where the person has stopped it, which is said, with a way to go on.

    work: called with what has finished of it, and what it is to tell the share to that is done, which may end it.
    Not in a fragment (`is_clicked`). key: of the place on the page. name: of plain values, which work it is. says:
    beside the bar. stopped: the sentence afterwards, from what has finished.
    """
    if kept.found:
        return kept.found[0]
    place = st.empty()
    if is_stopped(key, name):
        with place.container(horizontal=True, vertical_alignment="center"):
            st.caption(stopped(kept.begun), width="content")
            st.button(
                captions.GO_ON, key=f"{key}.go_on", icon=":material/play_arrow:", on_click=go_on, args=(key, name)
            )  # fmt: skip
        return None
    bar, beside = row(place, says(0.0))
    button(beside, f"{key}.stop", stop, key, name)
    try:
        kept.found.append(work(kept.begun, lambda share: bar.progress(min(1.0, share), says(share))))
    except Exception:  # of the work itself: no click raises one
        place.empty()
        raise
    kept.begun = Begun()  # another session may still fill the one that was there
    place.empty()
    return kept.found[0]


def row(place: DeltaGenerator, words: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """A bar, and the place beside it for the button that ends what it tells of."""
    line = place.container(horizontal=True, vertical_alignment="center")
    return line.progress(0.0, words, width="stretch"), line.container(width="content")


def button(where: DeltaGenerator, key: str, on_click: Callable[..., None], *args: Any, label: str = "") -> None:
    """A button that ends what is being done."""
    where.button(label or captions.STOP, key=key, icon=":material/stop:", on_click=on_click, args=args)


def is_clicked(key: str) -> bool:
    """Whether the next run is one of a click on the button of that key.

    To be asked on the way by work in a fragment: Streamlit lets clicks there wait until the run is over. Whoever hears
    it leaves the work and goes on: a whole script that ended there would forget its fragments.
    """
    context = get_script_run_ctx(suppress_warning=True)
    requests = None if context is None else context.script_requests
    states = None if requests is None else requests._rerun_data.widget_states
    return states is not None and any(one.trigger_value and one.id.endswith(f"-{key}") for one in states.widgets)


def is_stopped(key: str, name: Hashable) -> bool:
    """Whether the person has stopped that work."""
    return (key, name) in st.session_state.get(KEPT, frozenset())


def stop(key: str, name: Hashable) -> None:
    """It does not begin by itself any more."""
    st.session_state[KEPT] = st.session_state.get(KEPT, frozenset()) | {(key, name)}


def go_on(key: str, name: Hashable) -> None:
    """It is asked for again."""
    st.session_state[KEPT] = st.session_state.get(KEPT, frozenset()) - {(key, name)}
