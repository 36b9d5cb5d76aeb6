"""What is kept for a next look goes back to the system: above a bound at once, and all of it when nobody is here.

A thread of the server's looks every two seconds. Bounded is the memory that the process really has, whatever the caches
count: their entries are networks of 20 kB and of 500 MB. It collects what refers to itself, too: Streamlit would do so
after every click, which was a quarter of what a class of ten cost the server (`runner.postScriptGC` is off).
"""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable

import streamlit as st
from streamlit import runtime

from cnnviz import code_pages, datasets, devices, footprint, memory, visitors
from pages.shared import kept_bytes, upload_room
from pages.shared.closed_tabs import ClosedTabs
from pages.shared.view import drop, forget

LOOK = 2.0  # seconds between two looks
APART = 15.0  # seconds between two times that everything is forgotten: what is used at once needs more than the bound
EMPTY = 10.0  # seconds without anybody after which nothing is kept
YOUNG = 20  # collections of the youngest objects since the last time, 700 objects each: somebody has clicked
NAME = "cnnviz-memory"
LOG = logging.getLogger("cnnviz.memory")


def give_back(enough: Callable[[], bool] | None = None) -> None:
    """Forget what was kept until it is enough: half of the large, what was not asked for last; then what came of
    networks; then all. What is thrown away is what others make anew, so no more of it goes than has to.

    enough: tells; without it, that this process is within its bound.
    """
    for forget_some in (lambda: kept_bytes.shrink(0.5), drop, _forget_all):
        forget_some()
        _trim()
        if enough() if enough is not None else memory.resident() <= kept_bytes.bound():
            return
    datasets.release()
    code_pages.give_back()
    _trim()


def everything() -> None:
    """Forget all that is kept of networks, images and data sets, and what was read of libraries' files."""
    forget()
    _forget_all()
    datasets.release()
    code_pages.give_back()
    _trim()


def _forget_all() -> None:
    kept_bytes.shrink(0.0)
    st.cache_resource.clear()


def watch() -> None:
    """Have the thread look, once a process; only where a server runs."""
    footprint.relieve_by(give_back)
    running = runtime.exists() and type(runtime.get_instance()) is runtime.Runtime  # a test's stand-in is none
    if running:
        upload_room.bound(runtime.get_instance()._uploaded_file_mgr)
    if running and not any(thread.name == NAME for thread in threading.enumerate()):
        threading.Thread(target=_watch, name=NAME, daemon=True).start()


def _watch() -> None:
    with visitors.acting_as(visitors.EVERYBODY):
        _look_on()


def _look_on() -> None:
    last, empty_since, cleared, tabs, collected = 0.0, None, True, ClosedTabs(), 0
    while runtime.exists():
        time.sleep(LOOK)
        if not runtime.exists():
            return
        now = time.monotonic()
        try:
            collected = _collect(collected)
            instance = runtime.get_instance()
            if tabs.look(instance, in_loop=instance._get_async_objs().eventloop.call_soon_threadsafe):
                cleared = False  # what they held is still to be given back
            here = bool(runtime.get_instance()._session_mgr.num_active_sessions())
            empty_since = None if here else (empty_since or now)
            cleared = cleared and not here
            if empty_since is not None and now - empty_since > EMPTY and not cleared:
                everything()
                cleared = True
            elif memory.resident() > kept_bytes.bound() and now - last > APART:
                LOG.warning("over %s: what was kept for a next look is given back", memory.words(kept_bytes.bound()))
                give_back()
                last = now
            else:
                devices.give_back_memory()
        except Exception:  # the thread must live on, or memory would only grow
            LOG.exception("the memory could not be looked at; the next look is in %.0f seconds", LOOK)


def _collect(before: int) -> int:
    """Collect garbage, if enough came since.

    before, returned: how many collections of the youngest objects there were when this was done last.
    """
    now = gc.get_stats()[0]["collections"]
    if now - before < YOUNG:
        return before
    gc.collect()
    return now


def _trim() -> None:
    gc.collect()
    devices.give_back_memory(0)
