"""Who sits in front of this session: a login, or a key that the browser keeps in a cookie. Asked by the library.

The key is made at the first visit, by the server, and set by a component, since a script cannot set a cookie. With the
key one is that visitor: it is never shown, logged or written to disk (`cnnviz.visitors.id_of` is).
"""

from __future__ import annotations

import os
import re
import secrets

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from cnnviz import visitors
from cnnviz.visitors import EVERYBODY, NOBODY, Visitor
from pages.shared.components.visitor_key import keep

HEADER = "CNNVIZ_USER_HEADER"  # names the header in which a proxy says who has logged in: it must strip others' own
KEY = re.compile(r"[0-9a-f]{32}")
OWN, TEACHER, APART = "visitor.key", "visitor.teacher", "visitor.apart"  # in the session

_APART = [True]  # whether visitors are kept apart, as the last run found: it is the server's, and the same for all


def follow() -> None:
    """From now on the library asks here. Call once a run, before anything that belongs to somebody."""
    visitors.identify_by(identify)
    if _must_log_in():
        st.button("Log in", type="primary", icon=":material/login:", on_click=st.login)
        st.stop()
    st.session_state[APART] = _APART[0] = shared()
    if st.session_state[APART] and not _has_login():
        reported = keep(_key())
        if reported and KEY.fullmatch(reported) and reported != st.session_state.get(OWN):
            st.session_state[OWN] = reported  # another tab of this browser was first


def shared() -> bool:
    """Whether visitors are kept apart here."""
    return visitors.shared(st.get_option("server.address"), login=_has_login())


def identify() -> Visitor:
    """Who this session belongs to. A thread without one is nobody where visitors are kept apart, and sees nothing.

    Whether visitors are kept apart is looked up once a run: Streamlit looks for a file of secrets at each question, and
    a click asks a dozen times.
    """
    if get_script_run_ctx(suppress_warning=True) is None:
        return NOBODY if _APART[0] else EVERYBODY
    if APART not in st.session_state:
        st.session_state[APART] = _APART[0] = shared()
    if not st.session_state[APART]:
        return EVERYBODY
    return Visitor(visitors.id_of(_login() or _key()), teacher=bool(st.session_state.get(TEACHER)))


def become_teacher(key: str) -> float | None:
    """None where the key was the teacher's: this session then sees what is everybody's. Else `visitors.try_key`'s
    seconds until the next try."""
    wait = visitors.try_key(key, identify().id)
    st.session_state[TEACHER] = wait is None
    return wait


def _key() -> str:
    """This browser's key, as the session knows it, as the cookie says it, or a new one."""
    if OWN not in st.session_state:
        sent = st.context.cookies.get("cnnviz_visitor", "")
        st.session_state[OWN] = sent if KEY.fullmatch(sent) else secrets.token_hex(16)
    return str(st.session_state[OWN])


def _login() -> str:
    """Who has logged in, here or at the proxy in front, or ""."""
    header = os.environ.get(HEADER, "").strip()
    if header and (name := st.context.headers.get(header)):
        return f"{header} {name}"
    if not _has_login() or not st.user.get("is_logged_in"):
        return ""
    return f"{st.user.get('iss', '')} {st.user.get('sub') or st.user.get('email')}"


def _must_log_in() -> bool:
    """Whether nobody comes in without a login, and this session has none."""
    return _has_login() and not _login()


def _has_login() -> bool:
    """Whether a login is configured: [auth] in .streamlit/secrets.toml, or a proxy that names who it let in."""
    return bool(os.environ.get(HEADER, "").strip()) or "is_logged_in" in st.user
