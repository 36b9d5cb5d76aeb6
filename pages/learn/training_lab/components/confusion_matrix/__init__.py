"""A confusion matrix of buttons: a click on a cell asks for its images."""

from __future__ import annotations

import streamlit as st

from cnnviz.topics.training_lab.confusion_packets import ConfusionPacket
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_confusion_matrix", **source(__file__))


def confusion_matrix(packet: ConfusionPacket, *, key: str) -> tuple[int, int] | None:
    """Draws it; (true class, class that the network says) of the cell that was clicked last, None for none."""
    found = _component(key=key, data=pack(packet), height="content", on_cell_change=lambda: None).cell
    sides = range(len(packet["classes"]))
    if not isinstance(found, dict) or found.get("true") not in sides or found.get("said") not in sides:
        return None  # nothing yet, or of another matrix
    return found["true"], found["said"]
