"""A confusion matrix of buttons: a click on a cell asks for its images."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnviz.topics.training_lab.confusion_packets import ConfusionPacket
from pages.shared import messages
from pages.shared.components import pack, source

_component = st.components.v2.component("cnnviz_confusion_matrix", **source(__file__))


@dataclass(frozen=True)
class ConfusionCell:
    """true, said: of the class, and of the one that the network says. at: when, in ms."""

    true: int
    said: int
    at: int = 0


def confusion_matrix(packet: ConfusionPacket, *, key: str) -> tuple[int, int] | None:
    """Draws it; (true class, class that the network says) of the cell that was clicked last, None for none."""
    _component(key=key, data=pack(packet), height="content", on_cell_change=lambda: None)
    found, sides = messages.heard(key, "cell", ConfusionCell), range(len(packet["classes"]))
    if found is None or found.true not in sides or found.said not in sides:
        return None  # nothing yet, or of another matrix
    return found.true, found.said
