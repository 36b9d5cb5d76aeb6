"""Why one cell has its value: the unit card's data, its waterfall, and Python that computes the value again.

`card` is plain data (text, numbers, base64) for the component that draws it; every claim in words is computed here.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import looks, palettes
from cnnviz.figures.kinds import spoken
from cnnviz.figures.numbers import number
from cnnviz.figures.predictions import activations_snippet, prelude
from cnnviz.records import Array, Blanked, Term, Unit, UnitStage
from cnnviz.topics.explore.packets import BlankedWords, CardField, CardProof, Rung, StageLine, UnitCardData

__all__ = ["activations_snippet", "card", "snippet", "strongest", "terms", "tolerance", "waterfall"]

TOLERANCE = 1e-4  # relative to max(1, Σ|product|): float32 sums of thousands of terms differ by up to about 1e-5


def strongest(values: np.ndarray) -> tuple[int, int, int]:
    """(channel, row, column) of the cell that stands out most from its own map: what is shown before anyone clicks.

    values: [C, H, W] or any other number of axes, of which a cell has the first three. Not simply the largest: where
    there is nothing on the image a map shows its bias, which may well be the largest size in it, and what such a cell
    reads is black.
    """
    usual = np.median(values, axis=(1, 2), keepdims=True) if values.ndim == 3 else 0.0
    place = np.unravel_index(int(np.abs(values - usual).argmax()), values.shape)
    channel, row, column = (*(int(axis) for axis in place), 0, 0)[:3]
    return channel, row, column


def card(unit: Unit, *, picture_shape: Sequence[int], top: int = 12, blanked: Blanked | None = None) -> UnitCardData:
    """Everything that the unit card shows, as plain data.

    picture_shape: (H, W) of the network's input. top: how many products are written out one by one.
    patch and kernel cross as base64 of float32 [C, kh, kw], so that the browser can page through all channels.
    """
    listed = form(unit) == "list"  # a linear layer may read 25,088 values: its ladder says enough
    patch, kernel = (None, None) if listed else (_cells(unit.patch), _cells(unit.kernel))
    sums = np.zeros(0) if listed else patch_sums(unit)
    return {
        "id": f"{unit.key}/{unit.channel}/{unit.row}/{unit.column}/{unit.recorded!r}/{top}",
        "form": form(unit),
        "title": title(unit),
        "operation": unit.operation,
        "origin": list(unit.origin),
        "dilation": list(unit.dilation),
        "padding": [list(tap) for tap in unit.padding],
        "shape": list(patch.shape) if patch is not None else [0, 0, 0],
        "patch": _packed(patch),
        "kernel": _packed(kernel),
        "channels": [] if listed else [int(channel) for channel in unit.input_channels],
        "sums": [float(f"{value:.7g}") for value in sums],
        "order": np.argsort(-np.abs(sums), kind="stable").tolist(),
        "winner": winner(unit),
        "rule": rule(unit),
        "ladder": ladder(unit, top),
        "explained": explained(unit, top),
        "stages": [*_own_stage(unit), *(_stage(stage) for stage in unit.stages)],
        "proof": proof(unit),
        "blanked": _blanked(blanked),
        "field": field(unit, picture_shape),
        "luts": {theme: {name: _lut(name, theme) for name in palettes.DIVERGING} for theme in palettes.THEMES},
    }


def form(unit: Unit) -> str:
    """How the card draws it: "kernel" (patch · kernel), "list" (linear layers), "window" (no weights), "value"."""
    if unit.patch is None or np.size(unit.patch) == 0:
        return "value"
    if unit.kernel is None:
        return "window"
    return "list" if np.ndim(unit.patch) == 1 else "kernel"


def title(unit: Unit) -> str:
    """A unit's layer, channel and place in words."""
    place = f" · row {unit.row}, column {unit.column}" if form(unit) != "list" else ""
    return f"{unit.key} · {'output' if form(unit) == 'list' else 'channel'} {unit.channel}{place}"


def terms(unit: Unit, top: int) -> tuple[Term, ...]:
    """The `top` products with the largest size, largest first; () for a unit without weights."""
    patch, kernel, products = _cells(unit.patch), _cells(unit.kernel), _cells(unit.products)
    if patch is None or kernel is None or products is None:
        return ()
    order = np.argsort(-np.abs(products), axis=None, kind="stable")[:top]
    return tuple(
        Term(int(unit.input_channels[c]), int(r), int(k), float(patch[c, r, k]), float(kernel[c, r, k]))
        for c, r, k in zip(*np.unravel_index(order, products.shape), strict=True)
    )


def patch_sums(unit: Unit) -> Array:
    """Each input channel's share of the sum, [C] float64; [0] entries for a unit without weights."""
    products = _cells(unit.products)
    return products.sum(axis=(1, 2)) if products is not None else np.zeros(0)


def explained(unit: Unit, top: int) -> str:
    """ "12 of 2,304 terms explain 81 %": their share of the sum of all |product|."""
    if unit.products is None:
        return ""
    sizes = np.sort(np.abs(unit.products), axis=None)[::-1]
    total, shown, beyond = float(sizes.sum()), min(top, sizes.size), _beyond(unit)
    if total == 0:
        return f"all {sizes.size:,} products are zero{beyond}"
    share = float(sizes[:shown].sum()) / total
    if shown == sizes.size:
        return f"all {shown:,} terms are shown{beyond}"
    return f"the {shown:,} largest of {sizes.size:,} terms explain {math.floor(share * 100)} % of Σ|product|{beyond}"


def _beyond(unit: Unit) -> str:
    """ "; 5 of 9 lie in the padding": of the terms, where the window hangs over the edge of the map; else ""."""
    if not unit.padding or unit.products is None:
        return ""
    count, terms = len(unit.padding) * len(unit.input_channels), 0 if unit.products is None else unit.products.size
    return f"; {count:,} of {terms:,} lie{'s' if count == 1 else ''} in the padding"


def ladder(unit: Unit, top: int) -> list[Rung]:
    """The waterfall's rungs from zero to the sum: top terms, the rest, the bias, the sum. [] without weights.

    Each: label, detail (the product written out), start and stop (running sum), value, place ([channel position, row,
    column] in the patch, or None).
    """
    chosen = terms(unit, top)
    if unit.products is None or unit.computed is None:
        return []
    linear = form(unit) == "list"
    position = {int(channel): place for place, channel in enumerate(unit.input_channels)}
    rungs: list[Rung] = []
    for term in chosen:
        label = f"input {term.channel:,}" if linear else f"ch {term.channel} ({term.row}, {term.column})"
        read = "padding" if (term.row, term.column) in unit.padding else number(term.input)
        detail = f"{read} × {number(term.weight)}"
        rungs.append(_rung(label, detail, term.product, [position[term.channel], term.row, term.column]))
    others = int(np.size(unit.products)) - len(chosen)
    if others:
        rest = float(np.sum(unit.products)) - sum(term.product for term in chosen)
        rungs.append(_rung(f"other {others:,} term{'' if others == 1 else 's'}", "their sum", rest))
    rungs.append(_rung("bias", "", unit.bias))
    running = 0.0
    for rung in rungs:
        rung["start"], running = running, running + rung["value"]
        rung["stop"] = running
    total = _rung("sum", "", unit.computed, kind="sum")
    total["start"], total["stop"] = 0.0, unit.computed
    return [*rungs, total]


def tolerance(unit: Unit) -> float:
    """How far recorded (float32, the network's order of summation) and computed (float64) may lie apart."""
    scale = float(np.abs(unit.products).sum()) if unit.products is not None else abs(unit.recorded)
    return TOLERANCE * max(1.0, scale)


def proof(unit: Unit) -> CardProof:
    """The badge: what the network recorded, what the definition gives, and whether they agree."""
    difference = unit.difference
    return {
        "recorded": f"{unit.recorded:.6g}".replace("-", "−"),
        "computed": None if unit.computed is None else f"{unit.computed:.6g}".replace("-", "−"),
        "difference": None if difference is None else number(difference),
        "tolerance": number(tolerance(unit)),
        "agrees": None if difference is None else bool(difference <= tolerance(unit)),
    }


def rule(unit: Unit) -> str:
    """For a window without weights, what is made of it: "the largest of 9 cells, at row 3, column 4: 1.34"."""
    if unit.patch is None or form(unit) != "window":
        return ""
    size = int(np.size(unit.patch))
    words = unit.note or f"the {size:,} value{'s' if size > 1 else ''} that this cell reads"
    return words if unit.computed is None else f"{words}: {number(unit.computed)}"


def winner(unit: Unit) -> list[int] | None:
    """Where the maximum of a max pooling window stands, [channel, row, column]; the first of equal ones."""
    window = _cells(unit.patch)
    if form(unit) != "window" or window is None or "max" not in unit.operation.lower():
        return None
    return [int(axis) for axis in np.unravel_index(int(window.argmax()), window.shape)]


def field(unit: Unit, picture_shape: Sequence[int]) -> CardField:
    """The receptive field on the image: its box, and in words where it lies and what of it hangs over the edge."""
    height, width = int(picture_shape[-2]), int(picture_shape[-1])
    if unit.box is None:
        words = "its receptive field is not known"
        return {"height": height, "width": width, "box": None, "words": words, "enlarged": ""}
    top, left, bottom, right = (int(edge) for edge in unit.box)
    words = f"receptive field {bottom - top} × {right - left} px: {_span('rows', top, bottom, height)}, "
    words += _span("columns", left, right, width)
    if top <= 0 and left <= 0 and bottom >= height and right >= width:
        words = f"sees the whole image ({height} × {width} px)"
    outside = top < 0 or left < 0 or bottom > height or right > width
    enlarged = f"Beside the image: these pixels enlarged{', pale where they lie outside of it' if outside else ''}."
    box = [top, left, bottom, right]
    return {"height": height, "width": width, "box": box, "words": words, "enlarged": enlarged}


def waterfall(unit: Unit, *, top: int = 12, theme: str | None = None) -> go.Figure:
    """The same ladder as a Plotly waterfall, to download or to print. Raises ValueError for a unit without weights."""
    rungs = ladder(unit, top)
    if not rungs:
        raise ValueError(f"{unit.key} ({unit.operation}) has no products, so there is no waterfall; ask for its window")
    paint = looks.colours(theme)
    chart = go.Figure(
        go.Waterfall(
            orientation="h", y=[rung["label"] for rung in rungs], x=[rung["value"] for rung in rungs],
            measure=["relative"] * (len(rungs) - 1) + ["total"], text=[number(rung["value"]) for rung in rungs],
            textposition="outside", cliponaxis=False, connector={"line": {"color": paint.muted, "width": 1}},
            increasing={"marker": {"color": paint.positive}}, decreasing={"marker": {"color": paint.negative}},
            totals={"marker": {"color": paint.muted}}, customdata=[rung["detail"] for rung in rungs],
            hovertemplate="%{y}<br>%{customdata} = %{text}<extra></extra>",
        )
    )  # fmt: skip
    looks.apply(chart, theme, height=60 + 26 * len(rungs))
    chart.update_layout(showlegend=False, title={"text": title(unit), "font": {"size": 13}})
    ends = [0.0, *(rung["start"] for rung in rungs), *(rung["stop"] for rung in rungs)]
    room = 0.25 * (max(ends) - min(ends) or 1.0)  # for the numbers beside the bars, on a phone too
    chart.update_xaxes(range=[min(ends) - room, max(ends) + room])
    chart.update_yaxes(autorange="reversed", type="category", showgrid=False)
    return chart


def snippet(unit: Unit, choice: str, picture: str, *, fit: str = "crop") -> str:
    """Python that computes this unit's value from its definition and prints it beside the recorded one.

    It runs as it stands, from the project's folder. choice and image: as for `activations_snippet`.
    """
    start = prelude(choice, picture, fit=fit) + (
        f"layer = record[{unit.key!r}]\ncell = {unit.channel, unit.row, unit.column}[: layer.values.ndim]\n"
    )
    middle = {"kernel": _convolution_lines, "list": _linear_lines}.get(form(unit), lambda _: "")(unit)
    return start + middle + "print('recorded', layer.values[cell])\n"


def _convolution_lines(unit: Unit) -> str:
    (top, left), (down, right) = unit.origin, unit.dilation
    first, last = int(unit.input_channels[0]), int(unit.input_channels[-1])
    return (
        "import numpy as np\n\n"
        "module = network.model.get_submodule(layer.module)\n"
        "kernel = module.weight[cell[0]].detach().double().numpy()  # [channels, rows, columns]\n"
        "bias = 0.0 if module.bias is None else module.bias[cell[0]].item()\n"
        f"source = record[layer.inputs[0]].values[{first}:{last + 1}].astype(np.float64)  # the channels of its group\n"
        "_, height, width = kernel.shape\n"
        f"margin = max(height * {down}, width * {right}) + {max(0, -top, -left)}\n"
        "modes = {'zeros': 'constant', 'reflect': 'reflect', 'replicate': 'edge', 'circular': 'wrap'}\n"
        "padded = np.pad(source, ((0, 0), (margin, margin), (margin, margin)), modes[module.padding_mode])\n"
        f"top, left = {top} + margin, {left} + margin\n"
        f"patch = padded[:, top : top + height * {down} : {down}, left : left + width * {right} : {right}]\n"
        "print('computed', (patch * kernel).sum() + bias)\n"
    )


def _linear_lines(_: Unit) -> str:
    return (
        "import numpy as np\n\n"
        "module = network.model.get_submodule(layer.module)\n"
        "weights = module.weight[cell[-1]].detach().double().numpy()\n"
        "bias = 0.0 if module.bias is None else module.bias[cell[-1]].item()\n"
        "source = record[layer.inputs[0]].values[cell[:-1]].astype(np.float64)\n"
        "print('computed', (source * weights).sum() + bias)\n"
    )


def _cells(values: Array | None) -> Array | None:
    """[C, kh, kw]; a vector becomes [K, 1, 1], one window [1, kh, kw]."""
    if values is None or np.size(values) == 0:
        return None
    values = np.asarray(values)
    if values.ndim == 2:
        return values[None]
    return values.reshape(-1, 1, 1) if values.ndim < 3 else values


def _packed(values: Array | None) -> str:
    return "" if values is None else base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def _lut(name: str, theme: str) -> str:
    return base64.b64encode(np.ascontiguousarray(palettes.lut(name, theme)).tobytes()).decode()


def _rung(label: str, detail: str, value: float, place: list[int] | None = None, kind: str = "term") -> Rung:
    return {
        "label": label, "detail": detail, "value": float(value), "text": number(value), "place": place, "kind": kind,
    }  # fmt: skip


def _own_stage(unit: Unit) -> list[StageLine]:
    """A unit without products and without a window is explained by its formula alone."""
    if form(unit) != "value" or not unit.note:
        return []
    return [_stage(UnitStage(unit.key, unit.kind, unit.operation, unit.recorded, unit.note, unit.computed))]


def _stage(stage: UnitStage) -> StageLine:
    away = None if stage.computed is None else abs(stage.computed - stage.value)
    return {
        "name": spoken(stage.kind), "key": stage.key, "operation": stage.operation, "formula": stage.formula,
        "value": stage.value, "text": number(stage.value), "difference": None if away is None else number(away),
        "agrees": None if away is None else bool(away <= TOLERANCE * max(1.0, abs(stage.value))),
    }  # fmt: skip


def _blanked(found: Blanked | None) -> BlankedWords | None:
    if found is None:
        return None
    return {
        "before": number(found.before),
        "outside": number(found.outside_blanked),
        "inside": number(found.inside_blanked),
        "difference": number(found.difference),
        "agrees": bool(found.difference <= TOLERANCE * max(1.0, abs(found.before))),
    }


def _span(name: str, first: int, stop: int, size: int) -> str:
    outside = max(0, -first) + max(0, stop - size)
    words = f"{name} {first} to {stop - 1}" if stop - first > 1 else f"{name.removesuffix('s')} {first}"
    words = words.replace("-", "−")
    return words + (f" ({outside} outside)" if outside else "")
