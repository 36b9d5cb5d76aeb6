"""The trial's charts: means with their intervals, and who agrees with whom."""

from __future__ import annotations

import plotly.graph_objects as go

from cnnviz.figures import looks
from cnnviz.topics.attribution.trial_captions import WORDS
from cnnviz.topics.attribution.trial_records import LOWER, Trial

ROW = 26  # pixels of a name's line: on a projector its type is 20 high


def ranking(trial: Trial, measure: str, theme: str | None) -> go.Figure:
    """A line a contestant, the best on top: its mean with the 95 % interval; controls hollow and grey."""
    rank = sorted(trial.contestants, key=lambda one: one.mean(measure), reverse=measure in LOWER)
    paint = looks.colours(theme)
    figure = go.Figure()
    for is_control, name, colour in ((False, "method", paint.accent), (True, "control", paint.muted)):
        some = [one for one in rank if one.is_control == is_control]
        figure.add_scatter(
            x=[one.mean(measure) for one in some], y=[one.title for one in some], mode="markers", name=name,
            marker={"color": colour, "size": 9, "symbol": "circle-open" if is_control else "circle"},
            error_x={"array": [one.half_width(measure) for one in some], "color": colour, "thickness": 1.6},
            hovertemplate="%{y}: %{x:.3f} ± %{error_x.array:.3f}<extra></extra>",
        )  # fmt: skip
    figure.update_yaxes(categoryorder="array", categoryarray=[one.title for one in rank])
    direction = "lower is better" if measure in LOWER else "higher is better"
    figure.update_xaxes(title_text=f"{WORDS[measure]}, {direction}<br>mean and 95 % interval")
    return looks.apply(figure, theme, height=130 + ROW * len(rank))


def agreement(trial: Trial, theme: str | None) -> go.Figure:
    """The matrix of rank correlations, −1 to 1, blue to orange around zero; every row and column has its name."""
    paint = looks.colours(theme)
    titles = [one.title for one in trial.contestants]
    figure = go.Figure(
        go.Heatmap(
            z=trial.agreement, x=titles, y=titles, zmin=-1, zmax=1, xgap=1, ygap=1,
            colorscale=[[0, paint.negative], [0.5, paint.surface], [1, paint.positive]],
            hovertemplate="%{y} and %{x}: %{z:.2f}<extra></extra>",
            colorbar={"orientation": "h", "thickness": 10, "y": 1.01, "yanchor": "bottom", "dtick": 0.5},
        )
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", tickmode="linear", dtick=1)
    figure.update_xaxes(tickmode="linear", dtick=1, tickangle=-90)  # upright, names fit on cells of 12 pixels
    return looks.apply(figure, theme, height=230 + ROW * len(titles))


def cascade(trial: Trial, measure: str, chosen: list[str], theme: str | None) -> go.Figure:
    """A line a contestant over the layers with random weights; measure: "rank" or "ssim". chosen: names."""
    paint = looks.colours(theme)
    figure = go.Figure()
    x = ["none", *trial.stages]
    for one in trial.contestants:
        if one.name not in chosen:
            continue
        keys = [f"{measure}:{stage}" for stage in range(1, len(trial.stages) + 1)]
        figure.add_scatter(
            x=x, y=[1.0, *(one.mean(key) for key in keys)], name=one.title, mode="lines+markers",
            error_y={"array": [0.0, *(one.half_width(key) for key in keys)], "thickness": 1.2},
            line={"dash": "dot", "color": paint.muted} if one.is_control else {},
            hovertemplate="%{fullData.name}, %{x}: %{y:.2f} ± %{error_y.array:.2f}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title_text="random from the last layer down to", type="category")
    figure.update_yaxes(title_text=WORDS[measure].split(",")[0], range=[-0.5, 1.05])
    return looks.apply(figure, theme, height=420)
