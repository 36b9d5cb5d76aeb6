"""Paper against implementation: what is printed beside what is counted, and what today's network has otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnnviz.models import papers
from cnnviz.records.architectures import Architecture
from cnnviz.topics.architectures import captions, paper_tables, paper_variants
from pages.networks.architectures import cache, question, snippets
from pages.networks.architectures.controls import ArchitectureSelection
from pages.shared import number_table
from pages.shared.source_box import source_box


def show(here: ArchitectureSelection) -> None:
    """The printed numbers, then one box a difference, each with both sides counted where both can be built."""
    network = cache.architecture(here.choice)
    name = network.spec.name
    if network.input_shape != here.network.input_shape:
        st.caption(captions.counted_at(network.input_shape))
    _printed(network)
    differences = papers.differences(name)
    if not differences:
        st.info(captions.NO_DIFFERENCE, icon=":material/info:")
    for item in differences:
        _difference(name, item)
    question.ask(here)
    source_box(snippets.papers(here), made_by=(paper_variants.survey, *_variants(name)))


def _printed(network: Architecture) -> None:
    """What the paper and torchvision's metadata print."""
    spec, claim = network.spec, papers.claim(network.spec.name)
    counts = {"Parameters": network.parameters, "Multiply-adds": network.macs}
    lines = []
    if claim:
        for quantity, text in (("Parameters", claim.parameters), ("Multiply-adds", claim.macs)):
            if text:
                lines.append(_line(f"{quantity}, the paper", text, counts[quantity], papers.printed(text)))
    if spec.family == "torchvision" and spec.parameters is not None and spec.macs is not None:
        lines.append(
            _line("Parameters, num_params", f"{spec.parameters:,}", network.parameters, (spec.parameters, 0.0))
        )
        text = f"{spec.macs / 1e9:.3f} G"
        lines.append(_line("Multiply-adds, _ops", text, network.macs, (float(spec.macs), 500_000.0)))
    if lines:
        number_table.draw(paper_tables.printed_table(lines), key="architectures.printed", row_height=30)
        if claim and claim.note:
            st.caption(captions.papers_number(claim.note))
        st.caption(captions.UNITS)
    else:
        st.info(captions.NOTHING_PRINTED, icon=":material/info:")


def _line(name: str, text: str, ours: int, value: tuple[float, float]) -> tuple[str, str, str, str]:
    return name, text, f"{ours:,}", paper_tables.verdict(ours, *value)


def _difference(name: str, item: papers.PaperDifference) -> None:
    with st.container(border=True):
        st.markdown(f"**{item.title}**")
        st.markdown(captions.difference(item.paper, item.here))
        if item.theirs:
            theirs, ours = (cache.variant(key.replace("{}", name)) for key in (item.theirs, item.ours))
            key = f"architectures.sides.{item.theirs}"
            number_table.draw(paper_tables.side_by_side(theirs, ours), key=key, row_height=30)


def _variants(name: str) -> list[Callable[..., Any]]:
    """The functions that exchange what differs."""
    keys = [item.theirs.partition("|")[2] for item in papers.differences(name)]
    return [paper_variants.VARIANTS[key][1] for key in keys if key and key != "260"]
