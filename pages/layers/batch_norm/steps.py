"""Step by step: a batch typed over, normalised with every number put in."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.operations import OperationError
from cnnviz.topics.batch_norm import captions, figures, normalization, proofs, snippets, tables
from cnnviz.topics.batch_norm.records import Normalised, Running
from pages.layers.batch_norm.components.norm_steps import norm_steps
from pages.shared import downloads, predict, table_editor
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

Array = np.ndarray

TITLES = {"[4, 1]": "Column", "[3, 3]": "Table", "[2, 2, 2, 2]": "Maps"}
EXAMPLES = {
    "[4, 1]": np.array([[1.0], [2.0], [3.0], [4.0]]),
    "[3, 3]": np.arange(1.0, 10.0).reshape(3, 3),
    "[2, 2, 2, 2]": np.array([[1, 2, 8, 6], [3, 4, 4, 2], [5, 6, 0, -2], [7, 8, -4, -6]], dtype=np.float64),
}
SHAPE = (2, 2, 2, 2)
KEPT = "batch_norm.steps.kept"


@st.fragment
def show() -> None:
    """Choose, type, see, prove."""
    left, middle, right, last = st.columns([2, 0.8, 1, 1.2], gap="medium", vertical_alignment="bottom")
    with left:
        example = st.segmented_control(
            "Batch: [N, K] or [N, C, H, W]", list(EXAMPLES), default="[4, 1]", required=True, key="batch_norm.batch",
            bind="query-params", format_func=lambda shape: f"{TITLES[shape]} {shape}",
        )  # fmt: skip
    with middle:
        mode = st.segmented_control(
            "Mode", ("train", "eval"), default="train", required=True, key="batch_norm.mode", bind="query-params"
        )
    with right:
        eps = st.select_slider(
            "ε", (0.0, 1e-5, 1e-3, 0.1, 1.0), value=1e-5, format_func=figures.digits, key="batch_norm.eps",
            persist_state="session",
        )  # fmt: skip
    with last:
        momentum = st.select_slider(
            captions.MOMENTUM, (0.01, 0.1, 0.3, 0.5, 1.0), value=0.1, help=captions.MOMENTUM_HELP,
            key="batch_norm.momentum", persist_state="session",
        )  # fmt: skip
    drawing = st.container()  # stands above the numbers that it is drawn from
    x, (gamma, beta, mean, variance) = _numbers(str(example))
    try:
        kept = _computed(x, (gamma, beta), Running(mean, variance), train=mode == "train", eps=eps, momentum=momentum)
        st.session_state[KEPT] = kept
    except OperationError as error:
        st.error(str(error), icon=":material/error:")
        if KEPT not in st.session_state:
            return
        kept = st.session_state[KEPT]
        st.caption(captions.LAST_BATCH)
    with drawing:
        _drawn(*kept)
    _proven(*kept)


def _ask(step: Normalised, stored: Running) -> None:
    """About the first channel of the batch."""
    values = [float(one) for one in step.x[:, 0].ravel()] if step.count <= 12 else []
    numbers = {
        "gamma": float(step.gamma[0]), "beta": float(step.beta[0]), "mean": float(stored.mean[0]),
        "variance": float(stored.variance[0]), "eps": step.eps,
    }  # fmt: skip
    if values:
        predict.ask("Batch normalisation", ("normalised_cell", {"values": values, **numbers}))


def _numbers(example: str) -> tuple[Array, tuple[Array, Array, Array, Array]]:
    """The batch and its four numbers a channel, as they were typed."""
    left, right = st.columns([1, 1], gap="medium")
    start = EXAMPLES[example]
    maps = example.count(",") == 3
    with left:
        label = captions.MAPS_TABLE if maps else captions.ROWS_TABLE
        table = table_editor.editor(label, start, key=f"batch_norm.x.{example}", fixed=maps)
        x = figures.batch_of(table, SHAPE) if maps else table
    with right:
        channels = x.shape[1]
        held = np.stack([np.ones(channels), np.zeros(channels), np.zeros(channels), np.ones(channels)])
        table = table_editor.editor(captions.STORED_TABLE, held, key=f"batch_norm.held.{example}")
    return x, (table[0], table[1], table[2], table[3])


Kept = tuple[Normalised, Running, Running | None, float]


def _computed(
    x: Array, affine: tuple[Array, Array], stored: Running, *, train: bool, eps: float, momentum: float
) -> Kept:
    if not train:
        return normalization.batch_norm_eval(x, stored, *affine, eps=eps), stored, None, momentum
    step = normalization.batch_norm(x, *affine, eps=eps)
    return step, stored, normalization.update(stored, step, momentum), momentum


def _drawn(step: Normalised, stored: Running, after: Running | None, momentum: float) -> None:
    norm_steps(figures.steps(step, stored, after, momentum=momentum), key="batch_norm.steps")
    st.caption(captions.steps(step))


def _proven(step: Normalised, stored: Running, _after: Running | None, momentum: float) -> None:
    if step.batch_statistics:
        badges(*proofs.training(step, momentum=momentum))
    else:
        badges(proofs.evaluating(step, stored))
    _ask(step, stored)
    downloads.downloads(
        [("Every step, CSV", "batch_norm_steps.csv", "text/csv", lambda: tables.steps(step))], key="batch_norm"
    )
    source_box(
        snippets.normalise(step, stored, momentum=momentum),
        made_by=(normalization.batch_norm, normalization.batch_norm_eval, normalization.update),
    )  # fmt: skip
