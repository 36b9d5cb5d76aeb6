"""What is asked of the convolution in the session and in the link: the browser moves it, the link brings it back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import streamlit as st

from cnnviz.topics.convolution import board_settings

KEY = "convolution.asked"


def current() -> dict[str, Any]:
    """{"asked": what the board begins from, "pushed": when Python last said so}.

    Read from the link once a session; what of it cannot be honoured is said and leaves the address.
    """
    if KEY not in st.session_state:
        values = {name: st.query_params[f"convolution.{name}"] for name in board_settings.FIRST if _is_given(name)}
        asked, refused = board_settings.read(values)
        for name in refused:
            st.warning(board_settings.refusal(name, values[name]), icon=":material/link_off:")
            del st.query_params[f"convolution.{name}"]
        st.session_state[KEY] = asked
        st.session_state[f"{KEY}.begun"] = {"asked": asked, "pushed": time.time_ns() // 1000}
    begun: dict[str, Any] = st.session_state[f"{KEY}.begun"]
    return begun


def keep(chosen: Mapping[str, object] | None) -> board_settings.Asked:
    """What is asked now, into the session and the link. chosen: what the browser handed back, None: nothing yet."""
    if chosen is not None:
        st.session_state[KEY], _ = board_settings.read(chosen)
    asked: board_settings.Asked = st.session_state[KEY]
    wanted = {f"convolution.{name}": text for name, text in board_settings.link(asked).items()}
    for name in board_settings.FIRST:
        if _is_given(name) and f"convolution.{name}" not in wanted:
            del st.query_params[f"convolution.{name}"]
    for name, text in wanted.items():
        if st.query_params.get(name) != text:
            st.query_params[name] = text
    return asked


def _is_given(name: str) -> bool:
    return f"convolution.{name}" in st.query_params
