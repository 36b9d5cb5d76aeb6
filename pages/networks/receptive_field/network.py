"""A cell of a network's layer: its box, its gradient, blanking as a proof, and which cells a pixel reaches."""

from __future__ import annotations

import csv
import io

import numpy as np
import streamlit as st

from cnnviz import samples
from cnnviz.records import Row
from cnnviz.topics.receptive_field import captions, effective_field, figures
from cnnviz.topics.receptive_field.records import BlankedCell, EffectiveField, FieldCell
from pages.networks.receptive_field import cache, snippets
from pages.networks.receptive_field.components.field_map import field_map
from pages.shared import downloads, messages, predict, selection, url_state
from pages.shared.proof_badge import badges
from pages.shared.source_box import source_box

COUNTS = (1, 2, 4, 8)
MAP = "receptive_field.map"


def show() -> None:
    """Draw the part about a cell of a network."""
    here = selection.network_and_picture()
    _answer(here)


@st.fragment
def _answer(here: selection.Selection) -> None:
    """Reruns by itself: a click on the map asks for nothing else on the page."""
    rows = {row.name: row for row in cache.rows(here.choice)}
    cell, others = _chosen(here, rows)
    row = rows[cell.layer]
    try:
        effective = cache.effective(here.view, cell=cell, others=others)
        blanked = cache.blanked(here.view, cell=cell)
    except effective_field.CellError as error:
        st.error(captions.cannot(str(error)), icon=":material/error:")
        return
    shown = figures.map_shown(here.look.recording[cell.layer].values, row, cell.channel)
    drawn = figures.field_map(here.look.picture, shown, tuple(rows.values()), cell, effective)
    field_map(drawn, key=MAP, on_pick=_picked)
    left, right = st.columns(2, gap="large")
    with left:
        _show_gradient(row, cell, effective)
    with right:
        _show_blanking(row, blanked)
    if row.receptive_field.status == "exact":
        field = {"layer": row.name, "size": row.receptive_field.size, "step": row.receptive_field.stride}
        predict.ask("Receptive field", ("field_on_top", field))
    downloads.downloads(
        [
            (captions.FIELDS_CSV, "receptive_fields.csv", "text/csv", lambda: table(tuple(rows.values()))),
            (captions.GRADIENT_NPZ, "effective_field.npz", "application/zip", lambda: npz(effective)),
        ],
        key="receptive_field.take",
    )
    source_box(snippets.network(here, cell), made_by=(effective_field.effective, effective_field.blanked))
    url_state.publish()


def _chosen(here: selection.Selection, rows: dict[str, Row]) -> tuple[FieldCell, tuple[str, ...]]:
    """The cell at hand, and the samples whose gradients are averaged with the image's."""
    left, middle, right = st.columns([3, 1.2, 1.2], vertical_alignment="bottom")
    names = [name for name in rows if name in here.look.recording.keys]
    current = (
        url_state.get("layer") if url_state.get("layer") in names else effective_field.first_layer(list(rows.values()))
    )
    words = {name: captions.layer(rows[name]) for name in names}
    st.session_state["receptive_field.layer"] = current
    with left:
        st.selectbox(
            captions.LAYER, names, format_func=words.__getitem__, key="receptive_field.layer",
            on_change=lambda: url_state.change(layer=st.session_state["receptive_field.layer"]),
        )  # fmt: skip
    row = rows[current]
    count = row.output_shape[3 - row.axes[0] - row.axes[1]] if row.is_map else int(np.prod(row.output_shape))
    channel = url_state.get("channel") if url_state.get("layer") == current else None
    st.session_state["receptive_field.channel"] = None if channel is None else min(channel, count - 1)
    with middle:
        chosen = st.number_input(
            captions.CHANNEL, 0, count - 1, key="receptive_field.channel", on_change=lambda: _channel(current),
            help=captions.CHANNEL_HELP,
        )  # fmt: skip
    with right:
        pictures = st.selectbox(
            captions.AVERAGED_OVER, COUNTS, format_func=captions.averaged,
            key="receptive_field.pictures", bind="query-params",
            help=captions.AVERAGED_HELP,
        )  # fmt: skip
    place = [url_state.get(name) for name in ("row", "column")]
    row_at, column_at = (
        held if held is not None and held < cells else cells // 2 for held, cells in zip(place, row.cells, strict=True)
    )
    return FieldCell(current, row_at, column_at, chosen), _others(here, pictures - 1)


def _others(here: selection.Selection, count: int) -> tuple[str, ...]:
    kind = "digit" if here.network.spec.digit else "photo"
    ranked = sorted(samples.names(), key=lambda item: item.group != kind)
    return tuple(item.name for item in ranked if item.name != here.picture.name)[:count]


def _channel(layer: str) -> None:
    url_state.change(layer=layer)
    url_state.change(channel=st.session_state["receptive_field.channel"])


def _picked() -> None:
    if picked := messages.heard(MAP, "pick", messages.Place):
        url_state.change(layer=picked.layer)
        url_state.change(row=picked.row, column=picked.column)


def _show_gradient(row: Row, cell: FieldCell, effective: EffectiveField) -> None:
    st.subheader(captions.HOW_MUCH, anchor=False)
    st.markdown(captions.effective(row, effective))
    if not effective.squares:
        return
    if effective.silent:
        st.caption(captions.silent(effective.silent))
    st.caption(captions.colour(cell))


def _show_blanking(row: Row, blanked: BlankedCell) -> None:
    st.subheader(captions.BLANKING, anchor=False)
    if blanked.proof is not None:
        badges(blanked.proof)
    elif row.receptive_field.status == "unknown":
        st.markdown(captions.no_box(row))
    else:
        st.markdown(captions.NO_PIXEL_OUTSIDE)
    st.markdown(captions.blanked(blanked))


def table(rows: tuple[Row, ...]) -> str:
    """One CSV line a layer: shape, size, stride, padding and first centre along rows and columns, status."""
    target = io.StringIO()
    writer = csv.writer(target)
    axes = [f"{name}_{axis}" for axis in ("rows", "columns") for name in ("size", "stride", "padding", "centre")]
    writer.writerow(["layer", "operation", "shape", *axes, "status", "why"])
    for row in rows:
        field = row.receptive_field
        numbers = [
            number
            for one in (field.rows, field.columns)
            for number in (one.size, one.stride, one.padding, one.centre(0))
        ]
        shape = "x".join(map(str, row.output_shape))
        writer.writerow([row.name, row.operation, shape, *numbers, field.status, field.note])
    return target.getvalue()


def npz(effective: EffectiveField) -> bytes:
    """The effective field's gradient as a compressed NPZ file."""
    target = io.BytesIO()
    np.savez_compressed(target, gradient=effective.gradient, pictures=effective.pictures)
    return target.getvalue()
