"""The curves: drag x, compare, and prove that the derivative is the derivative."""

from __future__ import annotations

import streamlit as st

from cnnviz.operations import activation
from cnnviz.topics.activations import captions, figures, snippets, tables
from cnnviz.topics.activations.facts import facts
from pages.layers.activations import cache
from pages.layers.activations.components.curve_drag import curve_drag
from pages.shared import number_table, predict
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

PLACES = (-3.0, -2.0, -1.5, -0.5, 0.5, 1.0, 2.0)  # where the questions ask, all on the drawn curves


def show() -> None:
    """The dragged curves, one function's formula and proof, and the table of all."""
    st.markdown(captions.CURVES)
    curve_drag(cache.curves(), key="activations.curves")
    name = _one()
    _facts()
    line = activation.family[name].torch.format(p=activation.parameter(name))
    numbers = [float(x) for x in PLACES]
    predict.ask(
        "Activations", ("activation_value", {"function": name, "values": numbers}),
        ("activation_slope", {"function": name, "values": numbers}),
    )  # fmt: skip
    downloads([("The table, CSV", "activation_functions.csv", "text/csv", _csv)], key="activations")
    source_box(snippets.function(line), made_by=(activation.value, activation.slope, facts))


def _csv() -> str:
    return tables.facts(cache.every_fact())


def _one() -> str:
    """Formula, derivative, paper and proof of one function; its name."""
    titles = cache.titles()
    name = st.selectbox(
        "Formula and proof of", list(titles), format_func=titles.__getitem__, key="activations.function",
        bind="query-params", width=260,
    )  # fmt: skip
    function = activation.family[name]
    left, right = st.columns(2, gap="medium")
    with left:
        st.latex(f"f(x)={function.formula}")
        st.latex(rf"f'(x)={function.derivative}")
        if function.paper and function.year:
            st.caption(captions.source(function.paper, function.year, function.link))
    with right:
        badges(*cache.function_proofs(name))
    return name


def _facts() -> None:
    found = cache.every_fact()
    sigmoid = found[0]
    st.markdown(captions.COMPARISON)
    st.markdown(captions.vanishing(sigmoid, cache.titles()[sigmoid.name]))
    number_table.draw(figures.facts_table(found, cache.titles()), key="activations.facts", height="content")
    st.caption(captions.SETTINGS)
