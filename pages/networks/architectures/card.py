"""The card: who, when, the one idea, what came before and after; the totals; the layer table."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz import models
from cnnviz.measurements import architectures
from cnnviz.models import history
from cnnviz.records.architectures import Architecture
from cnnviz.topics.architectures import captions, tables
from pages.networks.architectures import cache, question, snippets
from pages.networks.architectures.controls import ArchitectureSelection
from pages.shared import downloads, number_table, url_state
from pages.shared.charts import table_height
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

NUMBERS = {
    "parameters": ("Parameters", 86),
    "multiply-adds": ("Multiply-adds", 100),
    "activation bytes": ("Activation bytes", 110),
    "kept by training": ("Kept by training", 112),
    "field": ("Field", 54),
    "stride": ("Its stride", 74),
    "padding": ("Its padding", 86),
}  # label and pixels: all of them together are as wide as a laptop's page
ROW = 30  # pixels
TEXTS = {"layer": 170, "kind": 96, "operation": 276, "output": 116, "status": 84}


def show(here: ArchitectureSelection) -> None:
    """All of it at once but for what training keeps, which takes a second walk and is filled in when it is there."""
    network = here.network
    left, right = st.columns([1, 1], gap="large")
    with left:
        _who(network)
        _line(network)
    with right:
        totals = st.empty()
        badges(*tables.published(network), *tables.used(network))
    st.subheader(captions.EVERY_OPERATION)
    st.caption(captions.table(network))
    table = st.empty()
    if not cache.is_complete(here.choice, here.shape):
        totals.markdown(captions.totals(network, complete=False))
        _table(table, cache.columns(here.choice, here.shape, whole=False), key=None)
    whole = cache.complete(here.choice, here.shape)
    question.ask(here)
    downloads.downloads(
        [(captions.LAYER_CSV, f"{_file(here)}.csv", "text/csv", lambda: tables.csv_table(whole))], key="architectures"
    )
    source_box(snippets.survey(here), made_by=(architectures.survey, architectures.count))
    totals.markdown(captions.totals(whole))
    _table(table, cache.columns(here.choice, here.shape, whole=True), key="architectures.table")


def _who(network: Architecture) -> None:
    spec = network.spec
    st.subheader(captions.heading(spec.title, spec.year))
    if spec.idea:
        st.markdown(spec.idea)
    if spec.paper:
        st.markdown(f"[{spec.paper}]({spec.link})")
    elif spec.link:
        st.markdown(f"[{spec.link}]({spec.link})")
    for note in spec.notes:
        st.caption(captions.note(note))


def _line(network: Architecture) -> None:
    """Its place in the line from LeNet on: what it changed, what it was built on, what was built on it."""
    here = history.chapter(network.spec.name)
    if here is None:
        return
    if here.follows:
        st.markdown(captions.change(here.title, here.change))
    _chapters(captions.BEFORE, history.before(here))
    _chapters(captions.AFTER, history.after(here))


def _chapters(heading: str, chapters: Sequence[history.Chapter]) -> None:
    if not chapters:
        return
    st.caption(f"**{heading}**")
    for item in chapters:
        name, change = st.columns([1, 1], gap="small", vertical_alignment="center")
        name.button(
            f"{item.title}, {item.year}", key=f"architectures.to.{item.key}", type="tertiary",
            icon=":material/arrow_back:" if heading == captions.BEFORE else ":material/arrow_forward:",
            on_click=url_state.change, kwargs={"network": item.key}, help=f"Opens {models.title(item.key)}",
        )  # fmt: skip
        change.caption(item.change)


def _table(place: DeltaGenerator, columns: dict[str, list[object]], *, key: str | None) -> None:
    config = {
        name: st.column_config.NumberColumn(label, format="localized", width=width)
        for name, (label, width) in NUMBERS.items()
    }
    for name, width in TEXTS.items():
        config[name] = st.column_config.TextColumn(name.capitalize(), width=width, pinned=name == "layer")
    shown = [name for name in columns if name in config]  # where the first cell lies is in the file alone
    height = table_height(len(columns["layer"]), 420, ROW)
    number_table.draw(
        columns, height=height, key=key, columns=config, row_height=ROW, column_order=shown, at=place,
    )  # fmt: skip


def _file(here: ArchitectureSelection) -> str:
    return f"{here.network.spec.name}_{here.network.input_shape[1]}".replace("/", "_")
