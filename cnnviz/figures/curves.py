"""How a run learned: loss and accuracy over its steps, live while it trains and at rest afterwards.

A history is a dict of numpy arrays of equal length per group:
step, loss, accuracy (each batch); epoch_step, test_loss, test_accuracy, train_loss, train_accuracy (each epoch).
Accuracies lie in [0, 1] and are drawn in percent. Values that are not finite leave a gap: a run that diverged shows it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from cnnviz.figures import captions, looks
from cnnviz.records import Array, Epoch, Event, Steering, Step

History = Mapping[str, Array]

POINTS = 600  # a curve is at most 700 pixels wide; more points cost bytes and show nothing
TITLES = {"loss": "loss (cross-entropy, nats)", "accuracy": "accuracy (%)"}
AXES = {"loss": "loss (nats)", "accuracy": "accuracy (%)"}  # where the room is short
SCALES = {"loss": 1.0, "accuracy": 100.0}
ICONS = {"each batch": "path://M0 9h24v1H0z", "running mean": "path://M0 7h24v4H0z", "test images": "diamond"}
NAMES = {"lr": "learning rate", "momentum": "momentum", "weight_decay": "weight decay", "batch_size": "batch size"}
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def history(events: Iterable[Event]) -> dict[str, Array]:
    """The curves of a run, from its events; lists may be empty."""
    columns: dict[str, list[float]] = {name: [] for name in ("step", "loss", "accuracy", "epoch_step")}
    columns |= {name: [] for name in ("train_loss", "train_accuracy", "test_loss", "test_accuracy")}
    for event in events:
        if isinstance(event, Step):
            for name in ("step", "loss", "accuracy"):
                columns[name].append(getattr(event, name))
        elif isinstance(event, Epoch):
            columns["epoch_step"].append(event.step)
            for name in ("train_loss", "train_accuracy", "test_loss", "test_accuracy"):
                columns[name].append(getattr(event, name))
    return {name: np.asarray(values, np.float64) for name, values in columns.items()}


def smooth(values: Array, steps: Array | None = None, *, half_life: float = 20.0) -> Array:
    """Running mean whose weights halve every `half_life` steps, unbiased from the first on; skips what is not finite.

    mean_t = Σ d^(t−s) v_s / Σ d^(t−s), d = 2^(−1/half_life). steps: where each value stands; it counts as often as
    steps have passed since the one before, whose mean it is. None: one each.
    """
    decay = 0.5 ** (1.0 / half_life)
    total = weight = 0.0
    result = np.full(len(values), np.nan)
    counts = np.ones(len(values)) if steps is None else np.diff(steps, prepend=0)
    for index, (value, count) in enumerate(zip(values, counts, strict=True)):
        kept = decay**count
        total, weight = total * kept, weight * kept
        if math.isfinite(value):
            new = (1 - kept) / (1 - decay)
            total, weight = total + new * value, weight + new
        if weight:
            result[index] = total / weight
    return result


def thin(steps: Array, values: Array, *, points: int = POINTS) -> tuple[Array, Array]:
    """At most `points` points that keep every bucket's smallest and largest value, so no spike is lost."""
    steps, values = np.asarray(steps), np.asarray(values)
    if len(values) <= points:
        return steps, values
    edges = np.linspace(0, len(values), points // 2 + 1).astype(int)
    kept: set[int] = set()
    for start, stop in pairwise(edges):
        part = values[start:stop]
        finite = np.isfinite(part)
        kept |= {
            start + int(np.where(finite, part, np.inf).argmin()),
            start + int(np.where(finite, part, -np.inf).argmax()),
        }
    chosen = np.asarray(sorted(kept))
    return steps[chosen], values[chosen]


def live(
    run: History,
    quantity: str | None = None,
    *,
    steps: int | None = None,
    changes: Iterable[int] = (),
    theme: str | None = None,
) -> dict[str, Any]:
    """Options for `st.echarts_chart(…, key=…)`: each batch faint, its running mean, the test images after each epoch.

    quantity: "loss", "accuracy", or None for both, loss above accuracy (give it 400 pixels of height).
    steps: the run's planned length; the axis then shows how far it has come. changes: steps at which its values were
    changed; a line stands there.
    """
    shown = ("loss", "accuracy") if quantity is None else (_known(quantity),)
    options = looks.echarts(len(shown), theme=theme)
    options["tooltip"]["valueFormatter"] = "%.3f"
    options["legend"]["data"] = [{"name": name, "icon": icon} for name, icon in ICONS.items()]
    for number, name in enumerate(shown):
        options["xAxis"][number] |= {"name": "step" if number == len(shown) - 1 else "", "min": 0, "minInterval": 1}
        options["xAxis"][number] |= {"max": int(steps)} if steps else {}
        options["yAxis"][number] |= {"name": AXES[name], "min": 0} | ({"max": 100} if name == "accuracy" else {})
        lines = _live_lines(run, name)
        lines[0]["markLine"] = {
            "symbol": "none", "silent": True, "animation": False, "label": {"show": False},
            "lineStyle": {"type": "dotted", "width": 1.5, **_colour(options["textStyle"])},
            "data": [{"xAxis": int(step)} for step in changes],
        }  # fmt: skip
        options["series"] += [{**line, "xAxisIndex": number, "yAxisIndex": number} for line in lines]
    return options


def figure(runs: Mapping[str, History], quantity: str, *, theme: str | None = None, height: int = 320) -> go.Figure:
    """One quantity of one run or of several, at rest: Plotly, with hover, zoom and the camera's download.

    runs: title → history. One run shows batches, running mean and test; several show running mean and test only.
    """
    chart = go.Figure()
    for trace in _traces(runs, _known(quantity)):
        chart.add_trace(trace)
    looks.apply(chart, theme, height=height)
    chart.update_xaxes(title_text="step", rangemode="tozero")
    chart.update_yaxes(title_text=TITLES[quantity], rangemode="tozero")
    return chart


def learning(
    runs: Mapping[str, History] | History,
    *,
    changes: Iterable[int] = (),
    theme: str | None = None,
    height: int = 560,
) -> go.Figure:
    """Loss above accuracy over the same steps. `runs`: one history, or title → history to compare several.

    changes: steps at which a run's values were changed; a dotted line stands there.
    """
    several = runs if all(isinstance(item, Mapping) for item in runs.values()) else {"": runs}
    chart = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.08)
    for row, quantity in enumerate(("loss", "accuracy"), start=1):
        for trace in _traces(several, quantity):  # type: ignore[arg-type]
            chart.add_trace(trace.update(showlegend=row == 1), row=row, col=1)
    looks.apply(chart, theme, height=height)
    for row, quantity in enumerate(("loss", "accuracy"), start=1):
        chart.update_yaxes(title_text=TITLES[quantity], rangemode="tozero", row=row, col=1)
    chart.update_xaxes(title_text="step", rangemode="tozero", row=2, col=1)
    for step in changes:
        chart.add_vline(x=step, line={"dash": "dot", "width": 1.5, "color": chart.layout.font.color})
    return chart


def words(run: History) -> str:
    """The run in one computed sentence: a name for the chart, and for those who do not see it."""
    batches, tested = _column(run, "loss"), _column(run, "test_accuracy")
    if not len(batches):
        return captions.NO_STEP
    return captions.run(
        batches[0], smooth(batches, run["step"])[-1], int(run["step"][-1]),
        without_loss=int((~np.isfinite(batches)).sum()), right=tested[-1] if len(tested) else None,
    )  # fmt: skip


def changed(changes: Mapping[int, Steering]) -> str:
    """ "Changed on the way: after 132 steps learning rate 0.1; after 300 steps as the config has it." """
    said = [
        (step, ", ".join(f"{NAMES[name]} {value:g}" for name, value in steering.values.items()))
        for step, steering in changes.items()
    ]
    return captions.changed(said)


def _colour(text: Mapping[str, Any]) -> dict[str, Any]:
    """The text's colour, where the theme names one."""
    return {"color": text["color"]} if "color" in text else {}


def _live_lines(run: History, quantity: str) -> list[dict[str, Any]]:
    scale, (train, test) = SCALES[quantity], looks.SERIES[:2]
    raw_steps, raw = thin(_column(run, "step"), _column(run, quantity) * scale)
    mean_steps, mean = thin(_column(run, "step"), _smoothed(run, quantity) * scale)
    tested = _pairs(_column(run, "epoch_step"), _column(run, f"test_{quantity}") * scale)
    line = {"type": "line", "showSymbol": False, "symbol": "none", "color": train}
    return [
        {**line, "name": "each batch", "data": _pairs(raw_steps, raw), "lineStyle": {"width": 1, "opacity": 0.35}},
        {**line, "name": "running mean", "data": _pairs(mean_steps, mean), "lineStyle": {"width": 2.5}},
        {"type": "line", "name": "test images", "data": tested, "color": test, "symbol": "diamond", "symbolSize": 10,
         "lineStyle": {"width": 1.5, "type": "dashed"}},
    ]  # fmt: skip


def _traces(runs: Mapping[str, History], quantity: str) -> list[go.Scatter]:
    traces: list[go.Scatter] = []
    for number, (title, run) in enumerate(runs.items()):
        alone = len(runs) == 1
        train = looks.SERIES[number % len(looks.SERIES)]
        test = looks.SERIES[1] if alone else train
        dash = "solid" if alone else DASHES[number % len(DASHES)]
        if alone:
            traces.append(_line(run, quantity, "each batch", {"color": train, "width": 1}, 0.35))
        name = "running mean" if alone else f"{title}, training"
        traces.append(_line(run, quantity, name, {"color": train, "width": 2.5, "dash": dash}))
        traces.append(_points(run, quantity, "test images" if alone else f"{title}, test", test))
    return traces


def _line(run: History, quantity: str, name: str, line: dict[str, Any], opacity: float = 1.0) -> go.Scatter:
    values = _column(run, quantity) if opacity < 1 else _smoothed(run, quantity)
    x, y = thin(_column(run, "step"), values * SCALES[quantity])
    shown = "%{y:.3f}" if quantity == "loss" else "%{y:.1f} %"
    group = name.removesuffix(", training")
    return go.Scatter(
        x=x, y=y, name=name, mode="lines", line=line, opacity=opacity, legendgroup=group,
        hovertemplate=f"step %{{x:,}}<br>{shown}",
    )  # fmt: skip


def _points(run: History, quantity: str, name: str, colour: str) -> go.Scatter:
    shown = "%{y:.3f}" if quantity == "loss" else "%{y:.1f} %"
    return go.Scatter(
        x=_column(run, "epoch_step"), y=_column(run, f"test_{quantity}") * SCALES[quantity], name=name,
        mode="lines+markers", line={"color": colour, "width": 1.5, "dash": "dot"},
        marker={"size": 9, "symbol": "diamond", "color": colour}, hovertemplate=f"step %{{x:,}}<br>{shown}",
    )  # fmt: skip


def _smoothed(run: History, quantity: str) -> Array:
    return smooth(_column(run, quantity), _column(run, "step"))


def _column(run: History, name: str) -> Array:
    return np.asarray(run.get(name, ()), np.float64)


def _pairs(x: Array, y: Array) -> list[list[float | None]]:
    """JSON has no NaN: a gap is None. Five significant digits are more than a pixel."""
    return [[int(a), float(f"{b:.5g}") if math.isfinite(b) else None] for a, b in zip(x, y, strict=False)]


def _known(quantity: str) -> str:
    if quantity not in TITLES:
        raise KeyError(f"there is no curve of {quantity!r}; there are: {', '.join(TITLES)}")
    return quantity
