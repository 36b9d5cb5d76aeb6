"""A real map under every activation function, for the component that shows it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypedDict

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import looks
from cnnviz.figures.channels import limits
from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Array
from cnnviz.topics.activations.records import Counter, Effect, MapEffects


class ValueHistogram(TypedDict):
    """Mean, standard deviation and counts of values."""

    mean: float
    std: float
    edges: list[float]
    counts: list[int]


class MapEffect(ValueHistogram):
    """What one function makes of the map. p: its parameter. zeros, saturated: shares. dead: channels."""

    name: str
    title: str
    p: float
    zeros: float
    saturated: float
    dead: int


class ActivationMap(ValueHistogram):
    """channels: the numbers of those that travel, of `total`. deadIn: name → which of them are dead there."""

    layer: str
    shape: list[int]
    channels: list[int]
    total: int
    vector: bool
    own: str
    threshold: float
    limit: float
    effects: list[MapEffect]
    deadIn: dict[str, list[int]]


class ActivationMapPacket(ActivationMap, Sealed):
    """For the component activation_map. values: float32 [n, H, W]."""

    values: bytes


CELLS, FEWEST, MOST = 300_000, 4, 24  # cells that travel at most; channels at least and at most


def map_effects(found: MapEffects, titles: Mapping[str, str], parameters: Mapping[str, float]) -> ActivationMapPacket:
    """For activation_map: some channels as float32, and what each function does to all of them.

    values: [n, H, W] float32, the liveliest channels first, then dead ones. A vector [K] is one map of K cells, NaN
    behind the last. deadIn: name → which of the channels shown are dead under that function.
    """
    vector = found.before.shape[1:] == (1, 1)
    chosen = np.zeros(1, dtype=int) if vector else channels_shown(found)
    values = _as_one_map(found.before) if vector else found.before[chosen]
    header: ActivationMap = {
        "layer": found.key,
        "shape": list(values.shape),
        "channels": chosen.tolist(),
        "total": len(found.before),
        "vector": vector,
        "own": found.own,
        "threshold": found.threshold,
        "limit": float(limits(found.before).high),
        **_histogram(found),
        "effects": [_plain(effect, titles, parameters) for effect in found.effects],
        "deadIn": {effect.name: np.flatnonzero(effect.dead[chosen]).tolist() for effect in found.effects},
    }
    values = np.ascontiguousarray(values, dtype="<f4")
    return {**header, "values": values.tobytes(), "digest": digest(header, values)}


def channels_shown(found: MapEffects) -> Array:
    """[n] channel numbers: those whose positive values vary most, and up to four dead ones."""
    count = min(len(found.before), max(FEWEST, min(MOST, CELLS // max(1, found.before[0].size))))
    spread = np.maximum(found.before, 0).reshape(len(found.before), -1).std(axis=1)
    own = next((effect for effect in found.effects if effect.name == found.own), None)
    dead = np.flatnonzero(own.dead)[: min(4, count // 4)] if own is not None else np.zeros(0, dtype=int)
    lively = [int(channel) for channel in np.argsort(-spread, kind="stable") if channel not in dead]
    return np.array([*lively[: count - len(dead)], *dead], dtype=int)


def _plain(effect: Effect, titles: Mapping[str, str], parameters: Mapping[str, float]) -> MapEffect:
    return {
        "name": effect.name,
        "title": titles[effect.name],
        "p": parameters[effect.name],
        "zeros": effect.zeros,
        "saturated": effect.saturated,
        "dead": int(effect.dead.sum()),
        **_histogram(effect),
    }


def _histogram(item: MapEffects | Effect) -> ValueHistogram:
    return {"mean": item.mean, "std": item.std, "edges": item.edges.tolist(), "counts": item.counts.tolist()}


def _as_one_map(vector: Array) -> Array:
    """[K, 1, 1] -> [1, R, C], about twice as wide as high, NaN behind the last."""
    flat = vector.ravel()
    columns = max(1, min(len(flat), math.ceil(math.sqrt(2 * len(flat)))))
    rows = math.ceil(len(flat) / columns)
    padded = np.full(rows * columns, np.nan, dtype=np.float32)
    padded[: len(flat)] = flat
    return padded.reshape(1, rows, columns)


def counters(found: Sequence[Counter], *, at: str = "", theme: str | None = None, height: int = 280) -> go.Figure:
    """Zeros, saturated cells and dead channels of every activation layer, in per cent; `at` is marked."""
    figure, names = go.Figure(), [one.key for one in found]
    parts = (
        ("zeros", [one.zeros for one in found], "solid"),
        ("saturated cells", [one.saturated for one in found], "dot"),
        ("dead channels", [one.dead / one.channels for one in found], "dash"),
    )
    for words, shares, dash in parts:
        figure.add_scatter(
            x=list(range(len(found))), y=[100 * share for share in shares], name=words, customdata=names,
            mode="lines+markers", line={"dash": dash, "width": 2}, marker={"size": 5},
            hovertemplate="%{customdata}<br>%{y:.1f} % " + words + "<extra></extra>",
        )  # fmt: skip
    looks.apply(figure, theme, height=height)
    if at in names:
        figure.add_vline(x=names.index(at), line={"width": 1.5, "color": looks.colours(theme).muted})
    figure.update_xaxes(
        title_text="activation layers, from the input to the output", dtick=max(1, len(found) // 12),
        range=[-0.6, len(found) - 0.4],
    )  # fmt: skip
    figure.update_yaxes(title_text="%", range=[-3, 103])
    return figure
