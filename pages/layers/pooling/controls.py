"""The settings of a pooling as widgets: only those that the chosen kind takes."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.operations.pooling_windows import TAKES, TITLES
from cnnviz.records.pooling import Pair, PoolingSetting
from cnnviz.topics.pooling.captions import HELP, KERNEL_TABLE, ROWS_AND_COLUMNS
from pages.shared import table_editor

# What each number is called, its default, its least and its most.
NUMBERS = {
    "kernel": ("Window", 2, 1, 8),
    "stride": ("Stride", 2, 1, 8),
    "padding": ("Padding", 0, 0, 4),
    "dilation": ("Dilation", 1, 1, 4),
    "output": ("Output size", 2, 1, 8),
}
FIELD = 132  # pixels


def setting() -> PoolingSetting:
    """What the widgets say, whether or not it fits the numbers."""
    kind = st.selectbox(
        "Pooling", list(TITLES), format_func=TITLES.__getitem__, key="pooling.kind", bind="query-params"
    )
    takes = TAKES[kind]
    numbers = [name for name in NUMBERS if name in takes]
    both = bool(numbers) and st.toggle(
        "Rows and columns apart", key="pooling.apart", persist_state="session", help=ROWS_AND_COLUMNS,
        on_change=_carry,
    )  # fmt: skip
    with st.container(key="pooling.fields", horizontal=not both):  # two in a row, on a phone, too
        found = {name: _pair(name, both) for name in numbers}
    return PoolingSetting(kind, **found, **_switches(takes))  # type: ignore[arg-type]


def _carry() -> None:
    """What was set for both is where rows and columns begin, and the other way round."""
    state = st.session_state
    for name in NUMBERS:
        keys = [f"pooling.{name}.{which}" for which in ("both", "rows", "columns")]
        if state["pooling.apart"] and keys[0] in state:
            state[keys[1]] = state[keys[2]] = state[keys[0]]
        elif not state["pooling.apart"] and keys[1] in state:
            state[keys[0]] = state[keys[1]]


def _pair(name: str, both: bool) -> Pair:
    title, default, least, most = NUMBERS[name]

    def number(label: str, which: str) -> int:
        return int(
            st.number_input(
                label,
                least,
                most,
                default,
                key=f"pooling.{name}.{which}",
                help=HELP[name],
                persist_state="session",
                width=FIELD if which == "both" else "stretch",
            )
        )

    if not both:
        side = number(title, "both")
        return side, side
    left, right = st.columns(2)
    with left:
        rows = number(f"{title}, rows", "rows")
    with right:
        return rows, number("columns", "columns")


def _switches(takes: frozenset[str]) -> dict[str, object]:
    """ceil_mode, include_pad, norm, training and seed, as far as they are taken."""
    found: dict[str, object] = {}
    if "ceil_mode" in takes:
        found["ceil_mode"] = st.toggle(
            "ceil_mode", key="pooling.ceil", persist_state="session",
            help=HELP["ceil_mode"],
        )  # fmt: skip
    if "include_pad" in takes:
        found["include_pad"] = st.toggle(
            "count_include_pad", True, key="pooling.include_pad", persist_state="session",
            help=HELP["include_pad"],
        )  # fmt: skip
    if "norm" in takes:
        found["norm"] = st.slider(
            "p", 1.0, 12.0, 2.0, 0.5, key="pooling.norm", persist_state="session",
            help=HELP["norm"],
        )  # fmt: skip
    if "training" in takes:
        mode = st.segmented_control(
            "Mode", ("training: sample", "testing: expectation"), default="training: sample", required=True,
            key="pooling.mode", persist_state="session",
        )  # fmt: skip
        found["training"] = str(mode).startswith("training")
        if found["training"]:
            found["seed"] = int(st.number_input("Seed", 0, 9999, 0, key="pooling.seed", persist_state="session"))
    return found


def weights(wanted: PoolingSetting) -> np.ndarray | None:
    """The strided convolution's kernel, typed over a mean; None for every other kind."""
    if wanted.kind != "convolution":
        return None
    rows, columns = wanted.kernel
    mean = np.full((rows, columns), 1 / (rows * columns))
    return table_editor.editor(KERNEL_TABLE, mean, key="pooling.weights")
