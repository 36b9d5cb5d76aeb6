"""Training and test with dropout: curves by epoch and hidden units' likeness for a slider, ends as bars and dots."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from cnnviz.figures import looks
from cnnviz.figures.numbers import number
from cnnviz.figures.scrub_charts import Panel, ScrubChartPacket, ScrubStop, Series, chart, panel, series
from cnnviz.records import Array
from cnnviz.records.experiments import half_interval
from cnnviz.records.overfitting import DropoutRuns

QUANTITIES = ("accuracy", "gap", "loss")
SAYS = {  # before the numbers of an epoch
    "accuracy": "Training batches and test images right:",
    "gap": "Training batches − test images, in points:",
    "loss": "Loss of training batches and of test images:",
}
SYMBOLS = ("circle", "diamond", "square", "cross")
TEXT_ABOVE = 4  # points of room over a bar


# ------------------------------------------------------------------------------------------------ over the epochs
def over_epochs(found: Sequence[DropoutRuns], quantity: str) -> ScrubChartPacket:
    """A panel for each share, training and test; or all gaps, and all rises of the test loss.

    Bands run from the lowest to the highest seed. quantity: "accuracy", "gap" or "loss". Raises KeyError for another.
    """
    if quantity not in QUANTITIES:
        raise KeyError(f"there is no chart of {quantity!r}; there are: {', '.join(QUANTITIES)}")
    if quantity == "gap":
        panels = [_gaps(found), _rises(found)]
    elif quantity == "accuracy":
        panels = [_pair(one, one.training, one.test, 100.0, title=f"{_title(one)}: right (%)", limits=(0.0, 100.0))
                  for one in found]  # fmt: skip
    else:
        top = max(float(np.nanmax(values)) for one in found for values in (one.training_loss, one.test_loss))
        panels = [_pair(one, one.training_loss, one.test_loss, 1.0, title=f"{_title(one)}: loss (nats)",
                        limits=(0.0, top)) for one in found]  # fmt: skip
    frames: list[ScrubStop] = [
        {
            "label": str(int(epoch)), "at": int(epoch),
            "says": f"{SAYS[quantity]} " + "; ".join(_says(one, index, quantity) for one in found),
        }
        for index, epoch in enumerate(found[0].epochs)
    ]  # fmt: skip
    return chart("epoch", frames, panels, start=len(frames) - 1)


def _pair(
    one: DropoutRuns, training: Array, test: Array, scale: float, *, title: str, limits: tuple[float, float]
) -> Panel:
    drawn = [
        *_spread(scale * training, "training batches", 0, several=one.n > 1),
        *_spread(scale * test, "test images", 1, several=one.n > 1),
    ]
    return panel(title, "epoch", one.epochs, drawn, limits=limits)


def _gaps(found: Sequence[DropoutRuns]) -> Panel:
    drawn: list[Series] = []
    for colour, one in enumerate(found):
        drawn += _spread(100 * (one.training - one.test), one.label, colour, several=one.n > 1)
    drawn.append(series("no gap", "rule", [0.0], colour=5))
    return panel("Training batches − test images (points)", "epoch", found[0].epochs, drawn)


def _rises(found: Sequence[DropoutRuns]) -> Panel:
    drawn: list[Series] = []
    for colour, one in enumerate(found):
        risen = one.test_loss - np.minimum.accumulate(one.test_loss, axis=1)
        drawn += _spread(risen, one.label, colour, several=one.n > 1)
    return panel("Test loss above its lowest until then (nats)", "epoch", found[0].epochs, drawn)


def _spread(values: Array, name: str, colour: int, *, several: bool) -> list[Series]:
    """The mean over the seeds, and the band they span."""
    line = series(name, "line", values.mean(axis=0), colour=colour)
    if not several:
        return [line]
    return [series(f"{name}, seeds from", "band", [values.min(axis=0), values.max(axis=0)], colour=colour), line]


def _title(one: DropoutRuns) -> str:
    return f"{one.label}" if one.share else f"{one.label}, no dropout"


def _says(one: DropoutRuns, index: int, quantity: str) -> str:
    if quantity == "loss":
        return f"{one.label}: {one.training_loss[:, index].mean():.2f} and {one.test_loss[:, index].mean():.2f}"
    training, test = 100 * one.training[:, index].mean(), 100 * one.test[:, index].mean()
    if quantity == "gap":
        return f"{one.label}: {number(float(training - test))}"
    return f"{one.label}: {training:.1f} and {test:.1f} %"


# ------------------------------------------------------------------------------------------------ at the end
def ends(found: Sequence[DropoutRuns], *, theme: str | None = None, height: int = 340) -> go.Figure:
    """The last epoch's training batches beside the test images after it, with intervals; the subtraction below."""
    paint, figure = looks.colours(theme), go.Figure()
    for colour, (name, kind) in enumerate((("training batches, dropout on", "training"), ("test images", "test"))):
        values = [100 * getattr(one, kind)[:, -1] for one in found]
        figure.add_trace(go.Bar(
            x=list(range(len(found))), y=[float(one.mean()) for one in values], name=name,
            marker={"color": looks.SERIES[colour], "opacity": 0.75},
            error_y={"type": "data", "array": [half_interval(one) for one in values], "color": paint.text,
                     "visible": found[0].n > 1},
            hovertemplate=f"{name}<br>%{{y:.2f}} %<extra></extra>",
        ))  # fmt: skip
    named = [f"{one.label}<br>{_percents(one)}<br><b>= {_gap(one)}</b>" for one in found]
    figure.update_xaxes(tickvals=list(range(len(found))), ticktext=named)
    looks.apply(figure, theme, height=height)
    figure.update_yaxes(title_text="right (%)", range=[0, 100 + TEXT_ABOVE])
    figure.update_layout(barmode="group", bargap=0.25)
    return figure


def accuracies(found: Sequence[DropoutRuns], *, theme: str | None = None, height: int = 340) -> go.Figure:
    """Test accuracy, enlarged: every seed as a dot, the mean and its 95 % interval."""
    paint, figure = looks.colours(theme), go.Figure()
    values = [100 * one.test[:, -1] for one in found]
    places = [(index, value) for index, one in enumerate(values) for value in one]
    figure.add_trace(go.Scatter(
        x=[index + 0.18 for index, _ in places], y=[value for _, value in places], mode="markers", name="one seed",
        marker={"size": 7, "color": paint.muted}, hovertemplate="%{y:.2f} %<extra></extra>",
    ))  # fmt: skip
    figure.add_trace(go.Scatter(
        x=list(range(len(found))), y=[float(one.mean()) for one in values], mode="lines+markers",
        name="mean, 95 % interval" if found[0].n > 1 else "this seed",
        line={"color": looks.SERIES[1], "width": 1.5, "dash": "dot"}, marker={"size": 10},
        error_y={"type": "data", "array": [half_interval(one) for one in values], "color": looks.SERIES[1],
                 "visible": found[0].n > 1},
        hovertemplate="%{y:.2f} %<extra></extra>",
    ))  # fmt: skip
    named = [f"{one.label}<br><b>{with_interval(value)}</b>" for one, value in zip(found, values, strict=True)]
    figure.update_xaxes(tickvals=list(range(len(found))), ticktext=named, range=[-0.5, len(found) - 0.5])
    looks.apply(figure, theme, height=height)
    figure.update_yaxes(title_text="test images right (%)")
    return figure


def _percents(one: DropoutRuns) -> str:
    return f"{100 * one.training[:, -1].mean():.1f} − {100 * one.test[:, -1].mean():.1f}"


def _gap(one: DropoutRuns) -> str:
    """Between the two means as they are printed, so that it adds up, with its interval over the seeds."""
    gap = float(f"{100 * one.training[:, -1].mean():.1f}") - float(f"{100 * one.test[:, -1].mean():.1f}")
    half = half_interval(100 * one.gaps)
    return (f"{gap:.1f}" + ("" if math.isnan(half) else f" ± {half:.1f}")).replace("-", "−")


def table(found: Sequence[DropoutRuns]) -> list[dict[str, str | int]]:
    """A row for each share."""
    return [
        {
            "dropped": one.label,
            "n": one.n,
            "training batches (%)": with_interval(100 * one.training[:, -1]),
            "test images (%)": with_interval(100 * one.test[:, -1]),
            "gap (points)": _gap(one),
            "test loss": with_interval(one.test_loss[:, -1], digits=3),
            "above its lowest": with_interval(one.rises, digits=3),
            **{f"|r| in {layer}": with_interval(one.ends[:, i], digits=3) for i, layer in enumerate(one.layers)},
        }
        for one in found
    ]


def epochs_csv(found: Sequence[DropoutRuns]) -> str:
    """One line for each share, seed and epoch: accuracy and loss of training batches and test images."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    names = ("training", "test", "training_loss", "test_loss")
    writer.writerow(["dropped", "seed", "epoch", *names])
    for one in found:
        for row, seed in enumerate(one.seeds):
            columns = [getattr(one, name)[row] for name in names]
            for epoch, *numbers in zip(one.epochs, *columns, strict=True):
                writer.writerow([one.share, seed, int(epoch), *(f"{value:.6g}" for value in numbers)])
    return target.getvalue()


# ------------------------------------------------------------------------------------------------ how alike units are
def likeness(found: Sequence[DropoutRuns]) -> ScrubChartPacket:
    """The mean |correlation| between hidden units over the steps, a panel a layer, a line a share."""
    steps = found[0].probed
    panels = []
    for index, layer in enumerate(found[0].layers):
        drawn: list[Series] = []
        for colour, one in enumerate(found):
            drawn += _spread(one.together[:, index], one.label, colour, several=one.n > 1)
        panels.append(panel(f"{layer}: mean |correlation| between units", "step", steps, drawn))
    frames: list[ScrubStop] = [
        {
            "label": str(int(step)), "at": int(step),
            "says": f"{' and '.join(found[0].layers)}: " + "; ".join(_alike(one, place) for one in found),
        }
        for place, step in enumerate(steps)
    ]  # fmt: skip
    return chart("step", frames, panels, start=len(frames) - 1)


def _alike(one: DropoutRuns, place: int) -> str:
    return f"{one.label}: " + " and ".join(f"{value:.3f}" for value in one.together[:, :, place].mean(axis=0))


def beside(found: Sequence[DropoutRuns], *, theme: str | None = None, height: int = 340) -> go.Figure:
    """Every run: how alike its units are at the end, and its test accuracy; a colour a share, a symbol a layer."""
    figure = go.Figure()
    for colour, one in enumerate(found):
        for index, layer in enumerate(one.layers):
            figure.add_trace(go.Scatter(
                x=one.ends[:, index], y=100 * one.test[:, -1], mode="markers", name=f"{one.label}, {layer}",
                marker={"size": 10, "symbol": SYMBOLS[index % len(SYMBOLS)], "color": looks.SERIES[colour],
                        "opacity": 0.85},
                hovertemplate=f"{one.label}, {layer}<br>|r| %{{x:.3f}}<br>%{{y:.2f}} %<extra></extra>",
            ))  # fmt: skip
    looks.apply(figure, theme, height=height)
    figure.update_xaxes(title_text="mean |correlation| between units at the end")
    figure.update_yaxes(title_text="test images right (%)")
    return figure


def with_interval(values: Array, *, digits: int = 1) -> str:
    """ "89.4 ± 0.3": the mean and half of its 95 % interval; the mean alone for one value."""
    half = half_interval(values)
    text = f"{values.mean():.{digits}f}" + ("" if math.isnan(half) else f" ± {half:.{digits}f}")
    return text.replace("-", "−")
