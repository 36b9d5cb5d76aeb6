"""A stack of one's own: kernel size, stride, dilation, padding and depth on sliders, and the recursion."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import streamlit as st

from cnnviz.topics.receptive_field import captions, figures
from cnnviz.topics.receptive_field import stack as measured
from cnnviz.topics.receptive_field.records import FieldStack
from pages.networks.receptive_field import cache, snippets
from pages.networks.receptive_field.components.field_stack import field_stack
from pages.shared import downloads, predict, url_state
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

START = {"kernel": 3, "stride": 2, "dilation": 1, "padding": 1, "depth": 3}


def show() -> None:
    """Draw the part about a stack of one's own."""
    _answer()


@st.fragment
def _answer() -> None:
    kept = st.session_state.setdefault("receptive_field.settings", dict(START))
    chosen = field_stack(measured.WIDTH, kept, measured.LARGEST, key="receptive_field.stack")
    settings = held(vars(chosen)) if chosen else kept
    st.session_state["receptive_field.settings"] = settings
    stack, proofs = cache.stack(**settings)
    badges(*proofs)
    predict.ask("Receptive field of a stack", ("stacked_field", {k: v for k, v in settings.items() if k != "padding"}))
    downloads.downloads(
        [(captions.RECURSION_CSV, "receptive_field_recursion.csv", "text/csv", lambda: table(stack))],
        key="receptive_field.recursion",
    )
    source_box(snippets.stack(**settings), made_by=(measured.build, measured.extent))
    url_state.publish()


def held(chosen: Mapping[str, int]) -> dict[str, int]:
    """What the browser sent, held to the sliders' ends."""
    least = {name: int(name != "padding") for name in START}
    return {name: max(least[name], min(measured.LARGEST[name], chosen.get(name, START[name]))) for name in START}


def table(stack: FieldStack) -> str:
    """The recursion as CSV."""
    target = io.StringIO()
    lines = figures.recursion(stack)
    writer = csv.DictWriter(target, list(lines[0]))
    writer.writeheader()
    writer.writerows(lines)
    return target.getvalue()
