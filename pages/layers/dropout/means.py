"""Many masks: the mean against the identity, falling as 1/√n, and the variance against its formula."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.topics.dropout import captions, charts, figures, questions
from pages.layers.dropout import cache, controls, mask, snippets
from pages.shared import predict, table_editor
from pages.shared.charts import chart, theme
from pages.shared.proof_badge import badges
from pages.shared.selection import network_and_picture

OF = ("numbers", "layer units")
UNITS = 8


@st.fragment
def show() -> None:
    """Values, p and seed; how the mean settles, what varies, proofs and code."""
    of = st.segmented_control("Of", OF, default=OF[0], required=True, key="dropout.of", bind="query-params")
    x = _values(of or OF[0])
    left, right = st.columns([1, 1], gap="medium", vertical_alignment="bottom")
    with left:
        p = controls.share()
    with right:
        seed = controls.seed()
    if x is None:
        st.error(captions.NOT_FINITE_UNITS, icon=":material/error:")
        return
    found = cache.averages(tuple(x.tolist()), p, seed)
    st.markdown(captions.averages(found))
    chart(charts.means(found, theme=theme()), key="dropout.means")
    st.markdown(captions.slope(found))
    st.markdown(captions.variance(found) if p < 1 else captions.NO_VARIANCE)
    chart(charts.variances(found, theme=theme()), key="dropout.variances")
    if p < 1:
        badges(cache.pytorch_mean(tuple(x.tolist()), p, seed))
    predict.ask("Many masks", questions.averages(found))
    snippets.take_means(found)
    snippets.means(x, p, seed=seed)


def _values(of: str) -> np.ndarray | None:
    """[K] float64: typed numbers, or the strongest units of a layer."""
    if of == "numbers":
        return table_editor.editor(captions.NUMBERS_TABLE, mask.NUMBERS, key="dropout.numbers").ravel()
    at = network_and_picture()
    layer = at.layer()
    values = figures.strongest_units(layer.values, count=UNITS)
    st.caption(captions.largest_values(layer.key, len(values), layer.values.size))
    return values if controls.finite(values) else None
