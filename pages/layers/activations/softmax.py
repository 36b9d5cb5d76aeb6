"""Softmax with a temperature: numbers typed over, or the logits of the network at hand."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.outputs.chances import distribution, sides
from cnnviz.topics.activations import captions, figures, proofs, questions, snippets, tables
from cnnviz.topics.activations.softmax import jacobian, softmax
from pages.layers.activations.components.softmax_terms import softmax_terms
from pages.shared import predict, table_editor
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges
from pages.shared.scores_needed import has_scores
from pages.shared.selection import network_and_picture
from pages.shared.source_box import source_box

START = np.array([[3.0], [1.0], [0.5], [-1.0], [2.0]])
TEMPERATURES = (0.25, 1.0, 4.0)
SOURCES = {"typed": "Numbers of your own", "network": "The network at hand"}


def show() -> None:
    """Bars, terms and Jacobian, all at the temperature that the browser's slider says."""
    st.latex(r"p_i=\frac{e^{(z_i-m)/T}}{\sum_j e^{(z_j-m)/T}},\qquad m=\max_j z_j")
    source = st.segmented_control(
        "Logits from", list(SOURCES), format_func=SOURCES.__getitem__, default="typed", required=True,
        key="activations.logits", bind="query-params",
    )  # fmt: skip
    beside = st.container()
    if source == "typed":
        left, beside = st.columns([1, 6], gap="medium")
        with left:
            logits, labels = _typed()
    else:
        found = _of_the_network()
        if found is None:
            return
        logits, labels = found
    results = [softmax(logits, temperature) for temperature in TEMPERATURES]
    with beside:
        softmax_terms(figures.softmax_terms(results, labels), key="activations.softmax")
    st.caption(captions.SOFTMAX)
    badges(*proofs.softmax(logits[:50], TEMPERATURES))
    predict.ask("Softmax", *questions.odds(results, labels))
    downloads(
        [("Every class, CSV", "softmax.csv", "text/csv", lambda: tables.softmax(results, labels))], key="activations"
    )
    source_box(snippets.softmax(logits[:12].tolist()), made_by=(softmax, jacobian))


def _typed() -> tuple[np.ndarray, list[str]]:
    logits = table_editor.editor(captions.LOGITS_TABLE, START, key="activations.typed", fixed=False)[:, 0]
    return logits, [f"class {index}" for index in range(len(logits))]


def _of_the_network() -> tuple[np.ndarray, list[str]] | None:
    """Logits and names; None, which is said, for a network without classes. A softmax p stands as its logits, ln p."""
    opened = network_and_picture()
    reading = opened.look.reading
    if not has_scores(opened.look, opened.network.spec.title):
        return None
    if reading.kind == "labels" or reading.applied:
        shares = distribution(reading.values, reading)
        return np.log(np.maximum(shares, 1e-300)), list(sides(reading))
    return reading.values, list(reading.names)
