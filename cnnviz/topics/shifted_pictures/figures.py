"""Digits that have moved: accuracy over the shift, one digit at every place, ten digits by an amount."""

from __future__ import annotations

import math
from typing import TypedDict

import plotly.graph_objects as go

from cnnviz.figures import looks
from cnnviz.figures.numbers import percent
from cnnviz.figures.packets import Sealed, digest
from cnnviz.records import Array
from cnnviz.records.experiments import CellResult, Results
from cnnviz.topics.shifted_pictures.records import ShiftedDigits, ShiftGrid

NEAR = 3  # pixels: what the words on one digit count
CHANCE = 10.0  # percent, of ten classes
LINES = {"FC": (0, "dot"), "CNN": (1, "dot"), "FC with crops": (0, "solid"), "CNN with crops": (1, "solid")}


# ------------------------------------------------------------------------------------------------ the experiment
def by_line(found: Results) -> dict[str, dict[int, CellResult]]:
    """ "CNN with crops" → shift in pixels → its cell."""
    lines: dict[str, dict[int, CellResult]] = {}
    for one in found.cells:
        lines.setdefault(one.cell.label.partition(", ")[0], {})[one.cell.config.test_shift] = one
    return lines


def over_shift(found: Results, *, theme: str | None = None, height: int = 380) -> go.Figure:
    """Test accuracy over the shift, a line for each network and training, ± one standard deviation; chance dotted."""
    chart = go.Figure()
    for name, cells in by_line(found).items():
        colour, dash = LINES[name]
        chart.add_trace(go.Scatter(
            x=list(cells), y=[None if math.isnan(one.mean) else 100 * one.mean for one in cells.values()], name=name,
            mode="lines+markers", line={"color": looks.SERIES[colour], "width": 2.5, "dash": dash},
            marker={"size": 8, "symbol": "circle" if dash == "solid" else "circle-open"},
            error_y={"type": "data", "array": [0 if math.isnan(one.sd) else 100 * one.sd for one in cells.values()],
                     "thickness": 1.5, "width": 6},
            hovertemplate=f"{name}, moved by %{{x}}: %{{y:.1f}} %<extra></extra>",
        ))  # fmt: skip
    looks.apply(chart, theme, height=height)
    chart.add_hline(y=CHANCE, line={"dash": "dot", "width": 1, "color": looks.colours(theme).muted},
                    annotation_text="chance", annotation_position="bottom left",
                    annotation_font_color=looks.colours(theme).muted)  # fmt: skip
    chart.update_xaxes(title_text="test digits moved by (pixels)", dtick=1)
    chart.update_yaxes(title_text="test digits right (%)", range=[0, 102])
    return chart


def table(found: Results) -> list[dict[str, str | int]]:
    """A row a shift: the mean of every line, ± its standard deviation."""
    lines = by_line(found)
    shifts = sorted({shift for cells in lines.values() for shift in cells})
    return [{"pixels": shift} | {name: _said(cells[shift]) for name, cells in lines.items()} for shift in shifts]


def _said(one: CellResult) -> str:
    if not one.n:
        return "–"
    return percent(one.mean) + ("" if math.isnan(one.sd) else f" ± {one.sd * 100:.1f}")


class ShiftMap(TypedDict):
    """reach: pixels in each direction. start: the class that it opens on. near: pixels that count as near."""

    reach: int
    size: list[int]
    networks: list[str]
    classes: list[str]
    start: int
    near: int


class ShiftMapPacket(ShiftMap, Sealed):
    """For the component shift_map."""


class TenDigits(TypedDict):
    """answers, probabilities: [networks][amounts][digits]."""

    amounts: list[int]
    size: list[int]
    networks: list[str]
    truth: list[str]
    directions: list[str]
    answers: list[list[list[str]]]
    probabilities: list[list[list[float]]]


class ShiftedDigitsPacket(TenDigits, Sealed):
    """For the component shifted_digits."""


# ------------------------------------------------------------------------------------------------ one digit
def shift_map(found: ShiftGrid) -> tuple[ShiftMapPacket, dict[str, bytes]]:
    """Header and blobs of the component: picture as uint8 [H, W], probabilities as float32."""
    header: ShiftMap = {
        "reach": found.reach, "size": list(found.picture.shape), "networks": list(found.networks),
        "classes": list(found.classes), "start": int(unmoved(found)[-1].argmax()), "near": NEAR,
    }  # fmt: skip
    blobs = {"picture": found.picture.tobytes(), "probabilities": found.probabilities.astype("<f4").tobytes()}
    return {**header, "digest": digest(header, *blobs.values())}, blobs


def unmoved(found: ShiftGrid) -> Array:
    """[networks, classes]: each network's probabilities for the digit where it is."""
    return found.probabilities[:, found.reach, found.reach]


def kept(found: ShiftGrid, *, near: int = NEAR) -> list[int]:
    """Of the places within `near` pixels in each direction: how many get the network's own unmoved answer."""
    here = slice(found.reach - near, found.reach + near + 1)
    answers = found.probabilities[:, here, here].argmax(-1)
    return [int((one == middle.argmax()).sum()) for one, middle in zip(answers, unmoved(found), strict=True)]


# ------------------------------------------------------------------------------------------------ ten digits
def shifted_digits(found: ShiftedDigits) -> tuple[ShiftedDigitsPacket, dict[str, bytes]]:
    """Header and blob of the component: pictures as uint8 [amounts, 10, H, W]."""
    header: TenDigits = {
        "amounts": list(found.amounts), "size": list(found.pictures.shape[2:]), "networks": list(found.networks),
        "truth": [found.classes[int(label)] for label in found.labels],
        "directions": [_direction(*one) for one in found.directions],
        "answers": [[[found.classes[int(one)] for one in row] for row in rows] for rows in found.answers],
        "probabilities": found.probabilities.tolist(),
    }  # fmt: skip
    return {**header, "digest": digest(header, found.pictures.tobytes())}, {"pictures": found.pictures.tobytes()}


def _direction(down: int, right: int) -> str:
    """(1, −1) → "down left"."""
    return " ".join(word for word in (("", "down", "up")[down], ("", "right", "left")[right]) if word)
