"""Kernels as the `kernel_grid` component draws them: their numbers, what was read off them, and the images of both.

Tiles are drawn in the "weights" palette around zero, or in colour where a kernel reads three inputs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import log_axis, looks, maps, palettes, pictures
from cnnviz.figures.packets import digest
from cnnviz.topics.kernels.packets import (
    KernelFrames,
    KernelGridMeta,
    KernelGridPacket,
    KernelNumbers,
    KernelPairs,
    KernelPairsPacket,
    KernelRun,
    KernelTiles,
    Numbers,
)
from cnnviz.topics.kernels.records import Analysis, Bank, History, Likeness

Array = np.ndarray

COLOURS = 3  # so many inputs are red, green and blue
MAP_SIDE = 56  # a map is sent with at most so many cells a side
SHOWN_MATRIX = 256
THRESHOLDS = tuple(round(0.5 + place / 100, 2) for place in range(51))


def plain(numbers: Array, digits: int = 5) -> Numbers:
    """Floats with so many significant digits; what is not finite becomes None."""
    return [float(f"{value:.{digits}g}") if math.isfinite(value) else None for value in np.asarray(numbers, np.float64)]


# ------------------------------------------------------------------------------------------------ tiles
def of_outputs(
    bank: Bank, analysis: Analysis, *, gradients: Mapping[str, Array] | None = None, **more: Any
) -> KernelGridPacket:
    """One tile an output channel: the kernel itself where it reads one or three inputs, else its strongest slice."""
    if drawn_whole(bank):
        return tiles(bank.weights, analysis, title=bank.layer, gradients=gradients, **more)
    everyone, strongest = np.arange(len(bank.weights)), strongest_inputs(bank)
    first = np.array([bank.inputs_of(output)[0] for output in range(len(everyone))])
    shown = {aim: values[everyone, strongest][:, None] for aim, values in (gradients or {}).items()}
    planes = bank.weights[everyone, strongest][:, None]
    return tiles(planes, analysis, title=bank.layer, planes=first + strongest, gradients=shown, **more)


def strongest_inputs(bank: Bank) -> Array:
    """For each kernel the input (counted within its group) whose slice has the largest norm. [O] int."""
    return np.asarray(np.square(bank.weights).sum(axis=(2, 3)).argmax(axis=1))


def of_inputs(
    bank: Bank, analysis: Analysis, output: int, *, gradients: Mapping[str, Array] | None = None, **more: Any
) -> KernelGridPacket:
    """One tile an input channel of one kernel. analysis: of its slices."""
    shown = {aim: values[output][:, None] for aim, values in (gradients or {}).items()}
    title, names = f"{bank.layer}, kernel {output}", list(bank.inputs_of(output))
    return tiles(
        bank.weights[output][:, None], analysis, word="input", gradients=shown, title=title, names=names, **more
    )


def drawn_whole(bank: Bank) -> bool:
    """Whether one tile can show all that a kernel reads: one input, or three as red, green and blue."""
    return bank.shape[1] in (1, COLOURS)


def tiles(
    weights: Array,
    analysis: Analysis,
    *,
    title: str,
    names: list[int] | None = None,
    word: str = "kernel",
    planes: Array | None = None,
    dead: Array | None = None,
    silent: Array | None = None,
    answers: Array | None = None,
    gradients: Mapping[str, Array] | None = None,
    classics: Mapping[str, tuple[str, Array]] | None = None,
    run: tuple[KernelRun, Array] | None = None,
) -> KernelGridPacket:
    """weights: [n, 1 or 3, kh, kw]. planes: [n], which input a tile shows where it shows one of many.

    answers: [n, H, W], the maps on the chosen image. gradients: {"score": [n, C, kh, kw], "loss": …}.
    classics: name -> (title, [kh, kw]), those that may be nearest. run: its header, and the tiles of every snapshot.
    """
    blobs = {"weights": _float32(weights), "responses": _entries(analysis.responses)}
    small = None if answers is None else reduced(answers)
    if small is not None:
        limits = maps.limits(small, "map", signed=True)
        blobs["answers"] = maps.quantise(small, limits).tobytes()
    for aim, values in (gradients or {}).items():
        blobs[f"gradient_{aim}"] = _float32(values)
    known = dict(classics or {})
    blobs["classics"] = b"".join(_float32(values) for _, values in known.values())
    content: KernelTiles = {
        "title": title,
        "word": word,
        "shape": list(weights.shape),
        "names": names or list(range(len(weights))),
        "planes": None if planes is None else [int(plane) for plane in planes],
        "response": analysis.responses.shape[1],
        "answer": None if small is None else [*small.shape[1:], *answers.shape[1:]],  # type: ignore[union-attr]
        "answers": None if small is None else plain(np.asarray(limits.high)),
        "gradients": list(gradients or {}),
        "classics": [known[name][0] for name in known],
        "dead": _places(dead),
        "silent": _places(silent),
        "numbers": _numbers(analysis, list(known)),
    }
    if run is None:
        return {"meta": {**content, "digest": _digest(content, blobs)}, "blobs": blobs}
    header, frames = run
    blobs["frames"] = _float32(frames)
    meta: KernelGridMeta = {**content, **header, "digest": _digest({**content, **header}, blobs)}
    return {"meta": meta, "blobs": blobs}


def _numbers(analysis: Analysis, classics: list[str]) -> KernelNumbers:
    return {
        "norm": plain(analysis.norms),
        "sum": plain(analysis.sums),
        "top": plain(analysis.responses.max(axis=(1, 2))),
        "frequency": plain(analysis.frequencies, 4),
        "across": plain(analysis.peaks[:, 0], 4),
        "down": plain(analysis.peaks[:, 1], 4),
        "angle": plain(analysis.angles, 4),
        "coherence": plain(analysis.coherences, 4),
        "classic": [classics.index(name) if name in classics else None for name in analysis.classics],
        "cosine": plain(analysis.cosines, 4),
    }


def reduced(values: Array, side: int = MAP_SIDE) -> Array:
    """Maps with at most `side` cells a side, each the mean of a block. [n, H, W] -> [n, h, w] float32."""
    count, height, width = values.shape
    block = max(1, math.ceil(max(height, width) / side))
    rows, columns = height // block, width // block
    if block == 1 or not rows or not columns:
        return np.asarray(values, dtype=np.float32)
    inner = values[:, : rows * block, : columns * block].reshape(count, rows, block, columns, block)
    return np.asarray(inner.mean(axis=(2, 4)), dtype=np.float32)


def map_png(values: Array, theme: str, *, side: int = 480) -> bytes:
    """One map [H, W] around zero, enlarged pixel by pixel."""
    entries = maps.quantise(values[None], maps.limits(values[None], "map", signed=True))[0]
    return pictures.png(pictures.enlarge_to(palettes.lut("activations", theme)[entries], side))


def _entries(responses: Array) -> bytes:
    """Each response from zero to its own largest, as entries 1 … 255 of the magnitude palette."""
    return maps.quantise(responses, maps.limits(responses, "map", signed=False)).tobytes()


def _places(flags: Array | None) -> list[int]:
    return [] if flags is None else np.flatnonzero(flags).tolist()


def _float32(values: Array) -> bytes:
    return np.ascontiguousarray(values, dtype="<f4").tobytes()


def _digest(content: object, blobs: Mapping[str, bytes]) -> str:
    """Over all of a packet: by it the browser knows what it has painted."""
    return digest(content, *(blobs[name] for name in sorted(blobs)))


# ------------------------------------------------------------------------------------------------ over a run
def of_history(
    history: History,
    frames: Array,
    analysis: Analysis,
    *,
    changes: Array,
    labels: list[str] | None = None,
    columns: int = 0,
    **more: Any,
) -> KernelGridPacket:
    """Tiles that can be scrubbed. frames: [T, n, 1 or 3, kh, kw]; changes: [T, n], ‖w − w₀‖ of each tile.

    analysis: of the last frame. labels: "kernel·input" where a tile is one slice of many, `columns` of them a kernel.
    """
    told: KernelFrames = {
        "steps": list(history.steps),
        "losses": plain(history.losses, 4),
        "accuracies": plain(history.accuracies, 4),
        "changes": [plain(row, 4) for row in changes],
        "mean_changes": plain(changes.mean(axis=1), 4),
    }
    run: KernelRun = {"frames": told, "labels": labels, "columns": columns}
    return tiles(frames[-1], analysis, run=(run, frames), **more)


# ------------------------------------------------------------------------------------------------ pairs
def shown_in_map(likeness: Likeness) -> Array:
    """Which kernels the similarity map has room for: the 256 with the closest neighbours, in their own order."""
    return np.sort(likeness.nearest.argsort(kind="stable")[::-1][:SHOWN_MATRIX])


def of_pairs(bank: Bank, likeness: Likeness, counts: Array, chances: Array, *, order: Array) -> KernelPairsPacket:
    """The similarity map of the kernels that it has room for, and the most alike pairs of all.

    counts, chances: for each of THRESHOLDS, how many pairs lie beyond, and the share of random directions that would.
    order: the map's places, similar ones side by side.
    """
    count = len(likeness.matrix)
    kept = shown_in_map(likeness)
    matrix = likeness.matrix[np.ix_(kept, kept)]
    drawn = bank.weights if drawn_whole(bank) else bank.weights[np.arange(count), strongest_inputs(bank)][:, None]
    content: KernelPairs = {
        "title": bank.layer,
        "shape": list(drawn.shape),
        "kept": kept.tolist(),
        "order": [int(place) for place in order],
        "pairs": [[int(one), int(other)] for one, other in likeness.pairs],
        "cosines": plain(likeness.cosines, 4),
        "thresholds": list(THRESHOLDS),
        "counts": [int(number) for number in counts],
        "chances": plain(chances, 3),
        "possible": count * (count - 1) // 2,
    }
    blobs = {"matrix": _float32(matrix), "weights": _float32(drawn)}
    return {"meta": {**content, "digest": _digest(content, blobs)}, "blobs": blobs}


def norms(sizes: Array, dead: Array, silent: Array, *, theme: str | None = None, height: int = 240) -> go.Figure:
    """Every kernel's norm, the largest first, on a log scale; dead ones and those silent on the image are marked."""
    order = np.argsort(-sizes, kind="stable")
    paint = looks.colours(theme)
    figure = go.Figure()
    groups = (("others", ~dead & ~silent, looks.SERIES[0]), ("constant on this image", silent & ~dead, looks.SERIES[1]),
              ("dead by their norm", dead, paint.bad))  # fmt: skip
    for name, flags, colour in groups:
        places = np.flatnonzero(flags[order])
        if len(places):
            shown = np.maximum(sizes[order][places], max(float(sizes.max()), 1e-12) * 1e-8)
            figure.add_trace(
                go.Bar(
                    x=places,
                    y=shown,
                    name=name,
                    marker={"color": colour, "line": {"width": 0}},
                    customdata=order[places],
                    hovertemplate="kernel %{customdata}<br>norm %{y:.4g}<extra></extra>",
                )
            )
    looks.apply(figure, theme, height=height)
    figure.update_layout(bargap=0.15 if len(sizes) < 100 else 0, showlegend=True)
    figure.update_xaxes(title_text="kernels by their norm, the largest first")
    figure.update_yaxes(title_text="norm ‖w‖", **log_axis.of(figure, "y"))
    return figure
