"""A part's block as a diagram with the maps of the image in it, and what the page measures on it, folded."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import streamlit as st

from cnnviz.records import Activations
from cnnviz.topics.blocks import captions, diagram, diagram_captions, diagram_figures
from pages.networks.blocks import cache
from pages.networks.blocks.components.block_diagram import block_diagram
from pages.networks.blocks.selection import Seats
from pages.shared.selection import Selection

OPEN = False  # how a page finds what is folded


def draw(
    part: str,
    at: Selection,
    seats: Seats,
    keys: Sequence[str],
    *,
    about: str,
    merged: Collection[str] = diagram.FOLLOWS,
    roles: Mapping[str, str] = MappingProxyType({}),
    recording: Activations | None = None,
) -> None:
    """The diagram of these layers. about: one line for those who do not see it. roles: the paper's names of maps.

    recording: another than the one at hand, of the same layers and some that stand for several.
    """
    model, taken = at.network.model, recording or at.look.recording

    def make() -> diagram_figures.BlockDiagramPacket:
        return diagram_figures.diagram(diagram.of_block(model, taken, keys, merged=merged, roles=roles), about=about)

    weights = at.network.provenance
    with seats.drawing:
        packet = cache.packet("diagram", part, *at.view.key, *keys, _make=make)
        note = diagram_captions.RANDOM if weights.kind == "random" else diagram_captions.weights(weights.label)
        block_diagram(packet, note=note, key=f"blocks.{part}.diagram")


def measured() -> Any:
    """A box for what is measured; it is computed once it is opened, which the link remembers."""
    return st.expander(
        captions.MEASURED, expanded=OPEN, icon=":material/straighten:", key="blocks.measured", on_change="rerun",
        bind="query-params",
    )  # fmt: skip
