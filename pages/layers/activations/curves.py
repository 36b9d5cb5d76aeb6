"""The curves: drag x, compare, and prove that the derivative is the derivative."""

from __future__ import annotations

import streamlit as st

from cnnviz.operations import activation
from cnnviz.topics.activations import figures, snippets, tables
from cnnviz.topics.activations.facts import facts
from pages.layers.activations import cache
from pages.layers.activations.components.curve_drag import curve_drag
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box


def show() -> None:
    """The dragged curves, one function's formula and proof, and the table of all."""
    st.markdown(
        "Click a function to draw it, drag anywhere in the chart to move x. The dashed line is the tangent; where the "
        "ground is shaded the function in bold is saturated."
    )
    curve_drag(cache.curves(), key="activations.curves")
    name = _one()
    _facts()
    downloads([("The table, CSV", "activation_functions.csv", "text/csv", _csv)], key="activations")
    line = activation.family[name].torch.format(p=activation.parameter(name))
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
        if function.paper:
            st.caption(f"{function.paper}, {function.year}: [{function.link}]({function.link})")
    with right:
        badges(*cache.function_proofs(name))
    return name


def _facts() -> None:
    found = cache.every_fact()
    sigmoid = found[0]
    st.markdown("#### The same facts about each")
    st.markdown(
        f"The slope of {cache.titles()[sigmoid.name]} is largest at x = {sigmoid.steepest_at:g}, and there it "
        f"is only {sigmoid.steepest:g}: through five such layers at most {sigmoid.steepest**5:.2e} of a gradient "
        f"comes back by their slopes, through ten {sigmoid.steepest**10:.2e}, through twenty "
        f"{sigmoid.steepest**20:.2e}."
    )
    st.dataframe(figures.facts_table(found, cache.titles()), hide_index=True, key="activations.facts", height="content")
    st.caption(
        "Computed from each function at its usual setting (leaky slope 0.01, PReLU 0.25, ELU's α 1, softplus's β 1). "
        "Zero-centred: the mean of f(x) for x ~ N(0, 1) is 0."
    )
