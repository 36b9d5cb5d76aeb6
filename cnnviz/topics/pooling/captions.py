"""What the pooling page says, and what a pooling's numbers say: size, parameters, gradient, what is left out."""

from __future__ import annotations

import numpy as np

from cnnviz.records.activations import Array
from cnnviz.records.pooling import Pooled

CHANNELS = 64  # an example of a layer's channels, said beside every result

TITLE = "What does pooling keep, and does it help against shifts?"
INTRODUCTION = (
    "Pooling turns every window of a feature map into one number and learns nothing. Type over the numbers: which "
    "cells win, and which of them get the gradient?"
)
SAID = {
    "steps": INTRODUCTION,
    "loss": (
        "**Pooling throws numbers away.** Pool an image and make it large again: what comes back, and what does not?"
    ),
    "shifts": (
        "**Does pooling make a network ignore a shift?** Slide or turn the image and see how much every layer's "
        "maps, and the answer, change."
    ),
    "larger": (
        "**And back to a larger map.** Each way of upsampling fills the new cells differently: type over the "
        "input, then compare them on an image."
    ),
}  # what each part shows: its title and a sentence
INPUT_TABLE = "The input: type over it, add rows"
KERNEL_TABLE = "The kernel (it starts as a mean): type over it"
ROWS_AND_COLUMNS = "Sets rows and columns separately: rectangular windows and strides"
HELP = {
    "kernel": "How many cells a window has in each direction",
    "stride": "How many cells the window moves from one output to the next",
    "padding": "Cells added on every side: zeros, or −∞ for a maximum",
    "dilation": "The distance between neighbouring cells of a window",
    "output": "The size of the output, whatever the size of the input",
    "ceil_mode": "Rounds the size up: a last window may reach over the edge",
    "include_pad": "Whether padded zeros count in the mean's divisor",
    "norm": "(Σ xᵖ)^(1/p): p = 1 is the sum, p = 2 the L2 norm, a large p comes near the maximum",
}


def last_result(problem: str, *, shown: bool) -> str:
    """Under a setting that gives no result. problem: a full sentence; shown: whether an earlier result is left."""
    return f"{problem} The last result is still shown." if shown else problem


def size(pooled: Pooled) -> str:
    """The output's size, with the numbers put into the formula."""
    rows, columns = pooled.values.shape[1:]
    kind = pooled.setting.kind
    if kind.startswith("global"):
        high, wide = pooled.x.shape[1:]
        return f"Global: one window over all {high} × {wide} cells, so the output is {rows} × {columns}."
    if kind.startswith("adaptive"):
        return (
            f"Adaptive: the output is {rows} × {columns} for every input. Window j of {rows} covers rows "
            f"⌊j · {pooled.rows.length} / {rows}⌋ … ⌈(j + 1) · {pooled.rows.length} / {rows}⌉ − 1."
        )
    lines = [_line(pooled, at) for at in range(2)]
    return f"Output: rows {lines[0]}, columns {lines[1]}."


def _line(pooled: Pooled, at: int) -> str:
    s, axis = pooled.setting, (pooled.rows, pooled.columns)[at]
    opened, closed = "⌈⌉" if s.ceil_mode else "⌊⌋"
    inner = f"({axis.length} + 2·{s.padding[at]} − {s.dilation[at]}·({s.kernel[at]} − 1) − 1) / {s.stride[at]}"
    found = pooled.values.shape[1 + at]
    room = axis.length + 2 * s.padding[at] - s.dilation[at] * (s.kernel[at] - 1) - 1
    late = (
        " − 1 (the last window would start beyond the input)"
        if s.ceil_mode and -(-room // s.stride[at]) >= found
        else ""
    )
    return f"{opened}{inner}{closed} + 1{late} = **{found}**"


def cost(pooled: Pooled) -> str:
    """No parameters and as many channels as before: against a convolution of the same window and stride."""
    s, (_, height, width) = pooled.setting, pooled.x.shape
    rows, columns = pooled.values.shape[1:]
    windowed = not s.kind.startswith(("global", "adaptive"))
    high, wide = s.kernel if windowed else (3, 3)
    dense = CHANNELS * CHANNELS * high * wide + CHANNELS
    shapes = f"[{CHANNELS}, {height}, {width}] becomes [{CHANNELS}, {rows}, {columns}]"
    if s.kind == "convolution":
        return (
            f"The number of channels stays: a layer of {shapes} if each channel has its own kernel "
            f"({CHANNELS * high * wide:,} weights). An ordinary convolution mixes the channels and learns {dense:,} "
            "parameters."
        )
    return (
        f"The number of channels stays: a layer of {shapes}. **0 parameters**; a strided {high} × {wide} convolution "
        f"over {CHANNELS} channels learns {dense:,}."
    )


def routing(pooled: Pooled, slope: Array) -> str:
    """Where the gradient of the output's sum goes. slope: ∂ Σ values / ∂ x, [C, H, W]."""
    reached, whole = int((slope != 0).sum()), slope.size
    place = np.unravel_index(np.abs(slope).argmax(), slope.shape)
    most = f"{slope[place]:.3g}".replace("-", "−")
    return (
        f"Backward pass: each of {pooled.values.size} outputs passes back a gradient of 1, and {reached} of {whole} "
        f"input cells receive some of it. Row {place[1]}, column {place[2]} receives the most: {most}."
    )


def dropped(pooled: Pooled) -> str:
    """Rows and columns that no window reads, and why; "" where there are none."""
    axes = (pooled.rows, pooled.columns)
    rows, columns = (", ".join(map(str, axis.unused.tolist())) for axis in axes)
    if not rows and not columns:
        return ""
    unread = _unread(rows, columns)
    if not all((axis.unused > axis.places[axis.inside].max()).all() for axis in axes):
        return f"{unread} The windows leave gaps between them."
    if pooled.setting.kind == "convolution":
        return f"{unread} It is left over at the edge; padding would reach it."
    return f"{unread} It is left over at the edge; ceil_mode or padding would reach it."


def _unread(rows: str, columns: str) -> str:
    if not columns:
        return f"No window reads row {rows}."
    if not rows:
        return f"No window reads column {columns}."
    return f"No window reads row {rows} and column {columns}."


def cut(pooled: Pooled) -> str:
    """How PyTorch enlarges Lᵖ's sum where ceil_mode cuts a window; "" where none is cut."""
    factor = float(pooled.shares.max())
    if pooled.setting.kind != "lp" or factor <= 1:
        return ""
    return (
        "ceil_mode cuts windows at the edge. Before taking the root, PyTorch multiplies the sum of such a window by "
        f"(cells of a whole window) / (cells left): up to {factor:g} times."
    )


# ------------------------------------------------------------------------------------------------ stochastic
def drawn(pooled: Pooled) -> str:
    """What stochastic pooling drew, against its expectation; "" for every other kind."""
    if pooled.setting.kind != "stochastic":
        return ""
    expected = np.nansum(pooled.shares * np.nan_to_num(pooled.cells), -1)
    if not pooled.setting.training:
        largest = np.nanmax(pooled.cells, -1)
        average = np.nanmean(pooled.cells, -1).mean()
        return (
            f"Testing takes the expectation Σ p·x: {expected.mean():.4g} on average over the outputs, between the "
            f"average ({average:.4g}) and the maximum ({largest.mean():.4g})."
        )
    places = pooled.switches if pooled.switches is not None else np.zeros(pooled.values.shape, dtype=np.int64)
    taken = (pooled.places == places[..., None]) & (pooled.places >= 0)
    chance = (pooled.shares * taken).sum(-1)
    return (
        f"Drawn with seed {pooled.setting.seed}: the outputs' mean is {pooled.values.mean():.4g} "
        f"({expected.mean():.4g} expected). The likeliest draw had probability {chance.max():.3f}, the least likely "
        f"{chance.min():.3f}."
    )


# ------------------------------------------------------------------------------------------------ in the browser
# name -> sentence with {values}; a component's `say` fills them
GRID_LINKS = {
    "point": "Point at a cell of either grid; arrow keys move over the output.",
    "stage": "{one} {from} and {other} {to}. Arrow keys move over the output.",
    "cover": "how many input cells reach each cell",
    "place_of_channel": "(channel {channel}: {row}, {column})",
    "place": "({row}, {column})",
    "unreached": "{name} {place} = 0: nothing reaches it",
    "sum": "{name} {place} = {terms} = {value} from {places}",
    "copy": "{name} {place} = {value} from {places}",
    "goes_to_one": "{name} {place} = {value}, reaches 1 output cell",
    "goes_to_many": "{name} {place} = {value}, reaches {count} output cells",
    "goes_nowhere": "{name} {place} = {value}, reaches none",
}
SHIFT_LAB = {
    "motion": "How the image moves",
    "amount": "How far the image is moved",
    "slid": "slid by, pixels",
    "turned": "turned by, degrees",
    "layers": "layers, in the order in which they run",
    "photo": "{amount} · “{label}” {chance}",
    "photo_of_many": "{amount} · “{label}” {chance} · class unchanged in {same} of {count} images",
    "depth": "Layer by layer at {amount}: cosine with the unmoved image's values",
    "moved_back": "{before} → {layer}: cosine with the unmoved image's maps, moved back by the shift",
    "by_place": "{before} → {layer}: cosine with the unmoved image's maps, place by place",
    "strongest": "Strongest channel of {layer}, {rows} × {columns}, and what each way makes of it.",
    "strongest_part": (
        "Strongest channel of {layer}, {rows} × {columns}, the middle {shown_rows} × {shown_columns}, and what each "
        "way makes of it."
    ),
    "no_whole_cells": "{amount} is no whole number of this map's cells (each is {cell} px wide).",
    "layer": "{layer}, {operation}: {mean}",
    "layer_of_many": "{layer}, {operation}: {mean} ({low} to {high} over {count} images; different images: {floor})",
}
SIDE_BY_SIDE = {
    "stage": "{tiles}. Arrow keys move the mark, Escape removes it.",
    "same_place": "the same place in each",
}
