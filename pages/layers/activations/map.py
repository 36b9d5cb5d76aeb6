"""On a layer's real map: what each function makes of it, and how much of the gradient each cell lets through."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.operations import activation
from cnnviz.plain_text import escaped
from cnnviz.records.proofs import Proof
from cnnviz.topics.activations import captions, map_figures, maps, proofs, questions, snippets, tables
from cnnviz.topics.activations.records import MapEffects
from pages.layers.activations import cache
from pages.layers.activations.components.activation_map import activation_map
from pages.shared import network_picker, predict, table_editor
from pages.shared.charts import chart, theme
from pages.shared.downloads import downloads
from pages.shared.proof_badge import badges
from pages.shared.selection import Selection, in_line
from pages.shared.source_box import source_box

SOURCES = {"network": "A layer of the network", "typed": "Numbers of your own"}
START = np.array([[-6.0, -3.0, -1.0, -0.2], [0.0, 0.2, 0.5, 1.0], [1.5, 2.0, 3.0, 4.0], [6.0, 8.0, -8.0, -0.75]])
THRESHOLDS = (0.001, 0.01, 0.05, 0.1, 0.25)
ROUNDING = 1e-5  # of a value: float32 against float64


def show() -> None:
    """The map that feeds an activation layer, before and after every function; all swaps happen in the browser."""
    line, more = st.columns([5.4, 1.2], gap="small", vertical_alignment="bottom")
    with more, st.popover(captions.MORE, icon=":material/tune:", width="stretch"):
        source = st.segmented_control(
            "Values from", list(SOURCES), format_func=SOURCES.__getitem__, default="network", required=True,
            key="activations.values", bind="query-params",
        )  # fmt: skip
        threshold = st.select_slider(
            captions.SATURATED_BELOW, THRESHOLDS, value=0.01, key="activations.threshold", bind="query-params"
        )
    if source == "typed":
        _typed(line, threshold)
    else:
        _recorded(line, threshold)


def _typed(line: DeltaGenerator, threshold: float) -> None:
    with line:
        numbers = table_editor.editor(captions.NUMBERS_TABLE, START, key="activations.numbers")
    found = maps.of_numbers(numbers, threshold=threshold)
    activation_map(cache.map_packet(found), key="activations.map")
    badges(proofs.on_numbers(numbers))
    predict.ask("Activations on a map", questions.flat(found))
    downloads([("Functions, CSV", "functions.csv", "text/csv", lambda: tables.effects(found))], key="activations")
    source_box(snippets.of_numbers(numbers.tolist()), made_by=(maps.of_numbers, activation.value))


def _recorded(line: DeltaGenerator, threshold: float) -> None:
    with line:
        network, image, layer = st.columns([2, 1, 2], gap="small", vertical_alignment="bottom")
    opened = in_line(network, image, pick=network_picker.network_picker)
    with layer:
        key = network_picker.layer_picker(opened.look.recording, kinds=("activation",))
    try:
        found = cache.map_effects(opened.view, key, threshold)
    except ValueError as error:
        st.warning(captions.cannot_be_shown(str(error)), icon=":material/visibility_off:")
        return
    st.caption(captions.on_a_map(found))
    activation_map(cache.map_packet(found), key="activations.map")
    _prove(found, opened)
    _counters(opened, key, threshold)
    predict.ask("Activations on a map", questions.flat(found))
    _take_away(opened, key, threshold)


def _take_away(opened: Selection, key: str, threshold: float) -> None:
    """Tables that are computed anew when asked for: a button that held the arrays would keep them for its session."""
    view = opened.view

    def functions() -> str:
        return tables.effects(cache.map_effects(view, key, threshold))

    def layers() -> str:
        return tables.counters(cache.counters(view, threshold))

    items = [("Functions, CSV", "functions.csv", functions), ("Layers, CSV", "layers.csv", layers)]
    downloads([(label, name, "text/csv", make) for label, name, make in items], key="activations")
    source_box(
        snippets.on_a_map(view.choice, opened.source, key, fit=view.fit),
        made_by=(maps.effects, maps.counters),
    )


def _counters(opened: Selection, key: str, threshold: float) -> None:
    """The same counts in every activation layer of this network, with its own functions."""
    counted = cache.counters(opened.view, threshold)
    if not counted:
        return
    st.markdown(captions.WHOLE_NETWORK)
    st.markdown(captions.dead_channels(counted))
    chart(map_figures.counters(counted, at=key, theme=theme()), key="activations.counters")


def _prove(found: MapEffects, opened: Selection) -> None:
    """The network's own output against its function by definition."""
    if found.largest is None:
        st.caption(captions.not_recomputed(found.operation))
        return
    largest = float(max(1.0, abs(found.before).max()))
    title = cache.titles()[found.own]
    source, network = escaped(found.source), escaped(opened.network.spec.title)
    claim = f"{title} by definition, of what {source} recorded, and what {network} made of it"
    badges(Proof(claim, found.largest, ROUNDING * largest))
