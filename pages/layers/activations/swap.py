"""Another function in a network's place: what the prediction becomes, and how the change travels."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnviz.figures import predictions
from cnnviz.outputs.chances import again
from cnnviz.topics.activations import captions, questions, snippets, swap, swap_figures, tables
from cnnviz.topics.activations.records import Swapped
from pages.layers.activations import cache
from pages.shared import charts, network_picker, number_table, predict
from pages.shared.components.scores import scores
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges
from pages.shared.scores_needed import has_scores
from pages.shared.selection import Selection, network_and_picture
from pages.shared.source_box import source_box

WHERE = {"one": "in this layer", "all": "in every activation layer"}


def show() -> None:
    """Choose a layer and a function; the answer before and after stand beside each other."""
    opened = network_and_picture()
    left, middle, right = st.columns([2, 1, 1], gap="medium", vertical_alignment="bottom")
    with left:
        key = network_picker.layer_picker(opened.look.recording, kinds=("activation",))
    titles = cache.titles()
    with middle:
        name = st.selectbox(
            "Put in its place", list(titles), index=list(titles).index("tanh"), format_func=titles.__getitem__,
            key="activations.swap", bind="query-params",
        )  # fmt: skip
    with right:
        where = st.selectbox(
            "Where", list(WHERE), format_func=WHERE.__getitem__, key="activations.where", bind="query-params"
        )
    if not has_scores(opened.look, opened.network.spec.title):
        return
    layers = [layer.key for layer in opened.look.recording if layer.kind == "activation"]
    if not layers:
        st.info(captions.NO_ACTIVATION)
        return
    try:
        keys = (key,) if where == "one" else tuple(layers)
        found = cache.swapped(opened.view, keys, name)
    except swap.SwapError as error:
        st.warning(str(error), icon=":material/block:")
        return
    _answer(opened, found, titles[name], everywhere=where == "all")
    _every(opened, keys)
    predict.ask(
        "A swapped activation", questions.reached(found, keys[0], titles[name], len(list(opened.look.recording)))
    )
    downloads([("Layers, CSV", "swap.csv", "text/csv", lambda: tables.swapped(found))], key="activations")
    source_box(snippets.swap(opened.choice, opened.source, keys, name, fit=opened.fit), made_by=(swap.swap,))


def _every(opened: Selection, keys: tuple[str, ...]) -> None:
    """Every function at the same place, one after another: it takes a pass through the network each."""
    if not st.toggle(captions.ALL_FUNCTIONS, key="activations.every"):
        return
    rows = []
    with st.spinner(captions.TRYING_ALL, show_time=True):
        for name, title in cache.titles().items():
            logits = cache.swapped(opened.view, keys, name).logits
            if np.isfinite(logits).all():
                rows.append((title, again(logits, opened.look.reading)))
    old = opened.look.scores[0].index
    number_table.draw(swap_figures.table(rows, old=old), key="activations.table", height="content")


def _answer(opened: Selection, found: Swapped, title: str, *, everywhere: bool) -> None:
    reading = opened.look.reading
    before, after = (again(logits, reading) for logits in (found.original, found.logits))
    exclusive = reading.kind == "classes"
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(captions.AS_TRAINED)
        scores(predictions.bars(before, top=5, exclusive=exclusive), key="activations.before")
    with right:
        st.markdown(captions.with_function(title, everywhere=everywhere))
        if not after:
            st.warning(captions.OVERFLOW)
        else:
            scores(predictions.bars(after, top=5, exclusive=exclusive), key="activations.after")
    if after:
        st.markdown(captions.prediction(before, after, swapped=found.swapped))
    badges(*cache.swap_proof(opened.view, found.keys[0]))
    charts.chart(swap_figures.change(found, theme=charts.theme()), key="activations.change")
    st.caption(captions.SWAP_MEANING)
