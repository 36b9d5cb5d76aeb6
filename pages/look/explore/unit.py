"""One unit: where it looks, why it has its value, and the proofs."""

from __future__ import annotations

import streamlit as st

from cnnviz import networks
from cnnviz.figures import pictures
from cnnviz.records import Layer, Unit
from cnnviz.topics.explore import captions, figures
from pages.look.explore import cache as kept
from pages.look.explore.components.unit_card import unit_card
from pages.shared import cache, url_state
from pages.shared.view import View


def show(view: View, opened: networks.Network, seen: cache.Look, unit: Unit) -> None:
    """The card of the unit, then its box proved by blanking."""
    card = figures.card(unit, picture_shape=opened.spec.input_shape[1:])
    unit_card(card, picture=pictures.png(seen.picture), key="explore.unit")
    if unit.note:
        st.caption(unit.note)
    if unit.box is not None:
        _blanking(view, unit)


def chosen_unit(layer: Layer) -> tuple[int, int, int]:
    """The unit of the view, as far as it lies in this layer; else the strongest of the chosen channel, or of all."""
    channel, row, column = url_state.get("channel"), url_state.get("row"), url_state.get("column")
    if channel is None or channel >= layer.shape[0]:
        return figures.strongest(layer.values)
    if layer.values.ndim != 3:
        return channel, 0, 0
    if row is None or column is None or row >= layer.shape[1] or column >= layer.shape[2]:
        _, row, column = figures.strongest(layer.values[channel : channel + 1])
    return channel, row, column


def _blanking(view: View, unit: Unit) -> None:
    """Blank everything outside the box: the value stays. Blank the inside: it changes. Computed on the spot."""
    if not st.toggle(captions.BLANK_OUTSIDE, key="explore.blank", value=True, persist_state="session"):
        return
    found = kept.blanked(view, layer=unit.key, place=(unit.channel, unit.row, unit.column), _unit=unit)
    holds = found.difference <= 1e-4 * max(1.0, abs(found.before))
    st.markdown(captions.blanked(found.before, found.outside_blanked, found.inside_blanked, holds=holds))
