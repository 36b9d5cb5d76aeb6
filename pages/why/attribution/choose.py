"""Which answer is explained: the class, what it is held against, and the layer of the class activation maps."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.attribution import baselines
from cnnviz.records import Activations
from cnnviz.records.attribution import Target
from cnnviz.records.outputs import OutputReading
from cnnviz.topics.attribution import captions, layer_tiles
from pages.shared import charts, named_choice, refused_links, selection, url_state
from pages.shared.components.thumbnails import thumbnails
from pages.shared.drawer import drawer

TILE = 104  # pixels along a layer's tile, two a pixel of the page
NONE, UNIT = -1, -2  # of the lists of classes: the likeliest, no other one; a unit instead of a class


@dataclass(frozen=True)
class ChosenTarget:
    """target: what is explained. label, other: its names. chance: of the class, or None. layer: "" for the last.

    baseline: a name of `attribution.baselines`.
    """

    target: Target
    label: str
    other: str
    chance: float | None
    layer: str
    baseline: str


def network_and_answer() -> tuple[selection.Selection, ChosenTarget] | None:
    """One line of pickers; None, with the reason on the page, where the network gives no classes."""
    columns = st.columns([2, 1.3, 1.7, 1.4, 1.7, 1.4], gap="small", vertical_alignment="bottom")
    here = selection.in_line(*columns[:2])
    reading = here.look.reading
    if reading.kind not in ("classes", "labels") or not reading.names:
        st.info(captions.NOT_CLASSES, icon=":material/info:")
        return None
    if here.look.recording.output is None:
        st.info(captions.NOT_OF_THE_IMAGE, icon=":material/info:")
        return None
    first = reading.scores[0]
    names = dict(enumerate(reading.names))
    with columns[2]:
        words = {NONE: captions.likeliest(names[first.index], _chance(reading, first.index)), UNIT: captions.UNIT}
        picked = _one(captions.CLASS, words | names, "class")
    recording = here.look.recording
    with columns[4]:
        layer = _layer(recording, _with_units(recording) if picked == UNIT else _with_maps(recording), picked == UNIT)
    with columns[5]:
        baseline = _baseline()
    if picked == UNIT:
        unit = _unit(recording, layer or _first_unit(recording), baseline, columns[3])
        _strip(recording, layer)
        return here, unit
    with columns[3]:
        minus = _one(captions.MINUS, {NONE: "nothing"} | names, "minus")
    _strip(recording, layer)
    index = first.index if picked == NONE else picked
    target = Target(index) if minus in (NONE, index) else Target(index, "difference", minus)
    other = "" if minus in (NONE, index) else names[minus]
    return here, ChosenTarget(target, names[index], other, _chance(reading, index), layer, baseline)


def _unit(recording: Activations, of: str, baseline: str, column: DeltaGenerator) -> ChosenTarget:
    """A channel of a layer: one of its cells, or the mean over them; CAMs then weigh the layer before it."""
    count, *cells = recording[of].shape
    if not 0 <= st.session_state.get("attribution.channel", 0) < count:
        st.session_state["attribution.channel"] = 0
    channel = column.number_input(
        captions.CHANNEL, 0, count - 1, step=1, key="attribution.channel", bind="query-params"
    )  # fmt: skip
    row, across = _cell((cells[0], cells[1])) if len(cells) == 2 and cells[0] * cells[1] > 1 else (None, None)
    target = Target(int(channel), "unit", layer=of, row=row, column=across)
    return ChosenTarget(target, captions.unit(target), "", None, "", baseline)


def _cell(cells: tuple[int, int]) -> tuple[int, int] | tuple[None, None]:
    """One of the channel's cells; two Nones where a field is empty: the mean over all of them."""
    found: list[int | None] = []
    parts = zip(st.columns([1, 1, 4], vertical_alignment="bottom"), captions.CELL, cells, strict=False)
    for column, (name, title), size in parts:
        key = f"attribution.unit_{name}"
        kept = st.session_state.get(key)
        if isinstance(kept, int) and not 0 <= kept < size:
            st.session_state[key] = None
        found.append(
            column.number_input(
                title, 0, size - 1, value=None, step=1, key=key, bind="query-params", placeholder=captions.ALL_CELLS
            )
        )
    row, across = found
    return (None, None) if row is None or across is None else (int(row), int(across))


@st.fragment
def _strip(recording: Activations, layer: str) -> None:
    """The layers as tiles of their maps, in a drawer: a click chooses the layer."""
    maps = _with_maps(recording)
    if not maps:
        return
    box = drawer(captions.STRIP, icon="view_column", key="attribution.strip")
    if not box.open:
        return
    current = layer or maps[-1]
    keys = layer_tiles.chosen(maps, current)
    sprite = layer_tiles.sprite(recording, keys, TILE, charts.theme())
    titles = [(key, f"{key}, {'×'.join(map(str, recording[key].shape))}") for key in keys]
    with box:
        picked = thumbnails(sprite, titles, size=TILE, selected=current, key="attribution.layers")
        st.caption(captions.STRIP_SAYS.format(current, len(keys), len(maps)))
    if picked and picked != current:
        url_state.change(layer=picked)
        st.rerun()


def _baseline() -> str:
    words = {name: captions.BASELINES[name] for name in baselines.NAMES}
    return named_choice.choice(
        st.selectbox, captions.BASELINE, words, key="attribution.baseline", what="baseline",
        help=captions.BASELINE_HELP,
    )  # fmt: skip


def _chance(reading: OutputReading, index: int) -> float | None:
    return None if reading.chances is None else float(reading.chances.reshape(-1)[index])


def _one(label: str, words: dict[int, str], name: str) -> int:
    key = f"attribution.{name}"
    refused_links.is_choice(key)
    found = st.selectbox(label, list(words), format_func=words.__getitem__, key=key, bind="query-params")
    return found if found in words else NONE


def _layer(recording: Activations, keys: list[str], of_unit: bool) -> str:
    """The layer out of the view, where it is one of these; else "", the last one whose maps have several cells."""
    maps = _with_maps(recording)
    sizes = {key: "×".join(map(str, recording[key].shape)) for key in keys}
    words = {"": f"last: {maps[-1]}" if maps else "none"} | {key: f"{key}, {sizes[key]}" for key in reversed(keys)}
    current = url_state.get("layer")
    st.session_state["attribution.layer"] = current if current in words else ""
    st.selectbox(
        captions.LAYER_OF_UNIT if of_unit else captions.LAYER, list(words), format_func=words.__getitem__,
        key="attribution.layer", on_change=lambda: url_state.change(layer=st.session_state["attribution.layer"]),
    )  # fmt: skip
    return str(st.session_state["attribution.layer"])


def _first_unit(recording: Activations) -> str:
    return (_with_maps(recording) or _with_units(recording))[-1]


def _with_units(recording: Activations) -> list[str]:
    """Keys of the layers whose units can be explained: maps and vectors."""
    return [layer.key for layer in recording if len(layer.shape) in (1, 3) and layer.kind != "input"]


def _with_maps(recording: Activations) -> list[str]:
    """Keys of the layers whose maps have more than one cell."""
    maps = [layer.key for layer in recording if len(layer.shape) == 3 and layer.shape[1] * layer.shape[2] > 1]
    return [key for key in maps if recording[key].kind != "input"]
