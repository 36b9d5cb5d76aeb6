"""What compares a network's classes before and after needs classes: where a network ranks none, that is said."""

from __future__ import annotations

import streamlit as st

from cnnviz.plain_text import escaped
from cnnviz.records.outputs import OUTPUTS
from pages.shared.cache import Look


def has_scores(look: Look, title: str, *, what: str = "This part") -> bool:
    """Whether the network says something of classes or labels; if not, one sentence says why the part is empty.

    title: the network's. what: the part of the page that compares them.
    """
    if look.reading.ranks:
        return True
    read_as = OUTPUTS[look.reading.kind]
    st.info(
        f"{what} compares what a network says of its classes, and {escaped(title)} says nothing of classes: its output "
        f"is {read_as}. Explore shows it, and every layer.",
        icon=":material/info:",
    )
    return False
