"""A closed box whose content is made when it is opened: what nobody looks at costs neither server nor browser.

Ask for it inside a fragment, so that opening it runs no more than that fragment.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

OPEN = False  # how a page finds its drawers


def drawer(label: str, *, icon: str, key: str) -> Any:
    """The box, closed at first. Fill it (`with box: …`) where `box.open`; opening and closing it runs the fragment.

    icon: a Material symbol's name; key: of the session's state.
    """
    return st.expander(label, expanded=OPEN, icon=f":material/{icon}:", key=key, on_change="rerun")
