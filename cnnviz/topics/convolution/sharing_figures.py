"""Weight sharing drawn: three matrices of the same map, bars of their parameters, the paths of a stack."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from PIL import Image, ImageDraw, ImageFont

from cnnviz.figures import looks, palettes, pictures
from cnnviz.figures.numbers import percent
from cnnviz.records.activations import Array
from cnnviz.records.sharing import LayerCost, Stacked, Unrolled

CELL = 12  # pixels of a matrix cell
KINDS = ("convolution", "local", "full")


def matrix_png(found: Unrolled, kind: str, *, look: str = "light") -> bytes:
    """Which weight stands where: one row an output, one column an input cell; equal colours are the same weight.

    kind: "convolution" (few, again and again), "local" (every place its own), "full" (every pair its own).
    """
    if kind not in KINDS:
        raise KeyError(f"there is no kind {kind!r}; there are: {', '.join(KINDS)}")
    rows, columns = found.tap.shape
    numbers = np.arange(rows * columns).reshape(rows, columns)
    if kind == "convolution":
        numbers = found.tap
    elif kind == "local":
        numbers = np.where(found.tap < 0, -1, found.tap + found.kernel.size * np.arange(rows)[:, None])
    paint = looks.colours(look)
    cells = _hues(found.kernel.size, look)[np.maximum(numbers, 0) % 255 if kind != "convolution" else numbers]
    cells = np.where((numbers < 0)[..., None], np.array(_rgb(paint.grid), np.uint8), cells)
    large = pictures.enlarge(cells, CELL)
    large[::CELL] = large[:, ::CELL] = _rgb(paint.background)
    return pictures.png(large)


def _hues(taps: int, look: str) -> Array:
    """255 colours without the grey of "no connection", the first `taps` as far apart as possible. [255, 3] uint8."""
    table = palettes.lut("magnitude", look)[1:]
    order = (np.arange(255) * 157) % 255  # a step near the golden ratio: neighbours in number lie far apart in colour
    order[:taps] = np.linspace(0, 254, taps).astype(int)
    return np.asarray(table[order])


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def cost_bars(costs: Sequence[LayerCost], *, look: str | None = None) -> go.Figure:
    """Parameters of each layer on a linear axis, where a bar is as long as its number says; names hold the numbers."""
    names, values = [cost.name for cost in costs][::-1], [cost.parameters for cost in costs][::-1]
    bars = go.Bar(
        y=names, x=values, orientation="h", marker_color=looks.SERIES[0],
        hovertemplate="%{y}: %{x:,} parameters<extra></extra>",
    )  # fmt: skip
    figure = looks.apply(go.Figure(bars), look, height=70 + 60 * len(costs))
    figure.update_xaxes(title_text="parameters", range=[0, 1.12 * max(values)], tickformat=",d", nticks=3, tickangle=0)
    named = [f"{name}<br><b>{value:,}</b>" for name, value in zip(names, values, strict=True)]
    figure.update_yaxes(tickvals=names, ticktext=named)
    return figure


# ------------------------------------------------------------------------------------------------ 1 × 1 and stacks
def channels_png(maps: Array, *, limit: float, look: str = "light", side: int = 150, gap: int = 8) -> bytes:
    """Maps [K, H, W] around zero side by side, each enlarged by a whole factor, transparent between them."""
    entries = np.clip(np.rint(128 + 127 * maps / max(limit, 1e-300)), 1, 255).astype(np.uint8)
    colours = palettes.lut("activations", look)[entries]
    opaque = np.concatenate([colours, np.full((*colours.shape[:3], 1), 255, np.uint8)], axis=3)
    space = np.zeros((1, gap, 4), np.uint8)
    tiles: list[Array] = []
    for one in opaque:
        large = pictures.enlarge_to(one, side)
        tiles += [np.repeat(space, len(large), axis=0), large]
    return pictures.png(np.concatenate(tiles[1:], axis=1))


def stack_table(stacks: Sequence[Stacked]) -> list[dict[str, object]]:
    """One line a stack, for a table."""
    return [
        {
            "Stack": item.name,
            "Sees": f"{item.field[0]} × {item.field[1]}",
            "Parameters": item.parameters,
            "Compared with the first": percent(item.parameters / stacks[0].parameters),
            "Multiply-adds": item.macs,
            "Activations between": len(item.kernels) - 1,
        }
        for item in stacks
    ]


def paths_png(found: Stacked, *, most: float, look: str = "light", cell: int = 30) -> bytes:
    """Over how many chains of weights an output reaches each pixel, in its cell. most: the count of the full colour."""
    table, (rows, columns) = palettes.lut("magnitude", look), found.paths.shape
    picture = Image.new("RGB", (columns * cell, rows * cell), looks.colours(look).background)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(13)
    for row in range(rows):
        for column in range(columns):
            count = found.paths[row, column]
            colour = tuple(int(part) for part in table[1 + round(254 * count / most)])
            ink = max(((0, 0, 0), (255, 255, 255)), key=lambda one: palettes.contrast(np.array(one), np.array(colour)))
            x, y = column * cell, row * cell
            draw.rectangle((x, y, x + cell - 2, y + cell - 2), fill=colour)
            draw.text((x + cell / 2 - 1, y + cell / 2 - 1), f"{count:.0f}", fill=ink, font=font, anchor="mm")
    return pictures.png(np.asarray(picture))
