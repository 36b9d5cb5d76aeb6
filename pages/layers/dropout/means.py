"""Many masks: the mean against the identity, falling as 1/√n, and the variance against its formula."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.topics.dropout import charts, figures
from pages.layers.dropout import cache, controls, mask, snippets
from pages.shared import table_editor
from pages.shared.charts import chart, theme
from pages.shared.proof_badge import badges
from pages.shared.selection import network_and_picture

OF = ("numbers", "layer units")
UNITS = 8


@st.fragment
def show() -> None:
    of = st.segmented_control("Of", OF, default=OF[0], required=True, key="dropout.of", bind="query-params")
    x = _values(of or OF[0])
    left, right = st.columns([1, 1], gap="medium", vertical_alignment="bottom")
    with left:
        p = controls.p_at_hand()
    with right:
        seed = controls.seed_at_hand()
    if x is None:
        st.error("These values are not all finite: choose another layer.", icon=":material/error:")
        return
    found = cache.averages(tuple(x.tolist()), p, seed)
    st.markdown(
        f"One mask gives 0 or x/(1−p), never x. The mean of n training outputs comes closer to x: "
        f"{found.errors.shape[1]} series of {found.masks:,} real masks each, over {len(x)} units."
    )
    chart(charts.means(found, theme=theme()), key="dropout.means")
    st.markdown(charts.slope_words(found))
    st.markdown(
        rf"**Variance** of one training output, over {found.masks * found.errors.shape[1]:,} masks: "
        rf"$x^2\,p/(1-p) = x^2 \cdot {p / (1 - p):.4g}$"
        if p < 1
        else "**Variance** at p = 1: every output is 0 and does not vary."
    )
    chart(charts.variances(found, theme=theme()), key="dropout.variances")
    if p < 1:
        badges(cache.pytorch_mean(tuple(x.tolist()), p, seed))
    snippets.means(x, p, seed=seed)
    snippets.take_means(found)


def _values(of: str) -> np.ndarray | None:
    """[K] float64: typed numbers, or the strongest units of a layer."""
    if of == "numbers":
        return table_editor.editor("Type over any number", mask.NUMBERS, key="dropout.numbers").ravel()
    at = network_and_picture()
    layer = at.layer()
    values = figures.strongest_units(layer.values, count=UNITS)
    st.caption(f"The {len(values)} largest of {layer.values.size:,} values of `{layer.key}`.")
    return values if controls.finite(values) else None
