"""One look for every figure: the colours and fonts of light and dark, and the Plotly and ECharts settings from them.

A figure's `theme` is "light", "dark" (for a download, a print, a notebook) or None: then it leaves text and grid to
Streamlit, whose own theme fills them in the browser and follows the appearance at once, and keeps to colours that are
legible on both. Text reaches WCAG AA on its background (4.5 : 1), marks 3 : 1, the series colours on both backgrounds.
`.streamlit/config.toml` uses the same values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio

FONT = "Source Sans, Source Sans Pro, Segoe UI, Helvetica, Arial, sans-serif"
TEXT_SIZE = 13  # px; nothing in a figure is smaller than 12

# Blue, orange, teal, magenta, olive, violet: told apart by colour-blind eyes, 3 : 1 on white and on the dark ground.
SERIES = ("#3b78c2", "#d0701c", "#16917e", "#b8558f", "#86861d", "#8468c9")


@dataclass(frozen=True)
class Colours:
    """What each colour means; hexadecimal, one set for light and one for dark."""

    background: str
    surface: str
    text: str
    muted: str
    grid: str
    border: str
    accent: str
    positive: str
    negative: str
    good: str
    bad: str


LIGHT = Colours(
    background="#ffffff", surface="#f3f5f8", text="#1b2430", muted="#56606b", grid="#e4e8ed", border="#d5dbe3",
    accent="#0a66c2", positive="#b8481a", negative="#2a68b0", good="#157347", bad="#b3261e",
)  # fmt: skip
DARK = Colours(
    background="#0f141a", surface="#19202a", text="#e6ebf2", muted="#a3aeb9", grid="#28313c", border="#323c49",
    accent="#5aaaf7", positive="#f0905c", negative="#74aef0", good="#56c48c", bad="#f28b7d",
)  # fmt: skip
BOTH = Colours(  # marks only: 3 : 1 on white and on the dark background
    background="#ffffff", surface="#f3f5f8", text="#7b8794", muted="#7b8794", grid="#7b8794", border="#7b8794",
    accent="#0a66c2", positive="#d0652a", negative="#3b78c2", good="#2a9562", bad="#d6564a",
)  # fmt: skip
THEMES: dict[str | None, Colours] = {"light": LIGHT, "dark": DARK, None: BOTH}


def colours(theme: str | None) -> Colours:
    """The colours of "light" or "dark", or those that are legible on both. Raises KeyError for any other name."""
    if theme not in THEMES:
        raise KeyError(f"there is no theme named {theme!r}; there are: light, dark, and None for the app's own")
    return THEMES[theme]


def apply(figure: go.Figure, theme: str | None, *, height: int | None = None) -> go.Figure:
    """The same figure, dressed: our font, transparent background, quiet grid, room for labels. Returns `figure`.

    All settings are merged as plain dictionaries and set at once: Plotly's `update_layout` and `update_xaxes` take each
    by itself, which cost nine times as much.
    """
    layout: dict[str, Any] = {
        "height": height, "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": TEXT_SIZE}, "colorway": list(SERIES),
        "margin": {"l": 12, "r": 12, "t": 36, "b": 12},
        "hoverlabel": {"font": {"family": FONT, "size": TEXT_SIZE}},
        "legend": {"orientation": "h", "x": 0, "yref": "container", "y": 1, "yanchor": "top", "font": {"size": 12}},
    }  # fmt: skip
    axis: dict[str, Any] = {"automargin": True, "title": {"font": {"size": TEXT_SIZE}}, "tickfont": {"size": 12}}
    axis["separatethousands"] = True
    if theme is not None:
        painted, its_axis = _paint(colours(theme))
        layout, axis = _merged(layout, painted), _merged(axis, its_axis)
    drawn = figure.layout
    names = {"xaxis", "yaxis"} | {name for name in drawn if name[:5] in ("xaxis", "yaxis")}
    for name, value in (layout | dict.fromkeys(names, axis)).items():
        if isinstance(value, dict):
            drawn[name] = _merged(drawn[name].to_plotly_json(), value)
        elif value is not None:
            drawn[name] = value
    return figure


def _merged(settings: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Both, level by level; where both name a value, the one of `over`, unless that is None."""
    found = dict(settings)
    for name, value in over.items():
        if isinstance(value, dict):
            under = found.get(name)
            found[name] = _merged(under if isinstance(under, dict) else {}, value)
        elif value is not None:
            found[name] = value
    return found


def echarts(panels: int = 1, *, theme: str | None = None) -> dict[str, Any]:
    """The common part of a live chart's options, `panels` of them one above the other.

    Without a theme, text and grid colours come from Streamlit, which follows the appearance at once. No animation:
    values that arrive twice a second would never come to rest.
    """
    text: dict[str, Any] = {"fontSize": 12}
    if theme is not None:
        text["color"] = colours(theme).muted
    named = {"type": "value", "nameLocation": "middle", "nameTextStyle": text}
    share = 100 // panels
    grids = [
        {"left": 56, "right": 16, "top": f"{number * share + (9 if panels > 1 else 11)}%",
         "height": f"{share - (17 if panels > 1 else 27)}%"}
        for number in range(panels)
    ]  # fmt: skip
    return {
        "animation": False,
        "textStyle": text,
        "grid": grids,
        "legend": {"top": 0, "left": 0, "itemWidth": 22, "textStyle": text},
        "tooltip": {"trigger": "axis", "confine": True, "textStyle": text},
        "xAxis": [
            {**named, "gridIndex": number, "nameGap": 24, "axisLabel": {**text, "hideOverlap": True}}
            for number in range(panels)
        ],
        "yAxis": [{**named, "gridIndex": number, "nameGap": 40, "axisLabel": text} for number in range(panels)],
        "series": [],
    }


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two hexadecimal colours, 1 (same) to 21 (black on white).

    https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _paint(paint: Colours) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a figure brings without Streamlit around it, its own text and grid: settings of layout and of each axis."""
    axis = {
        "gridcolor": paint.grid, "linecolor": paint.border, "zerolinecolor": paint.border, "tickcolor": paint.border,
        "title": {"font": {"color": paint.muted}}, "tickfont": {"color": paint.muted},
    }  # fmt: skip
    layout = {
        "template": pio.templates["none"], "font": {"color": paint.text}, "legend": {"font": {"color": paint.text}},
        "hoverlabel": {"bgcolor": paint.surface, "bordercolor": paint.border, "font": {"color": paint.text}},
    }  # fmt: skip
    return layout, axis


def mix(one: str, other: str, share: float) -> str:
    """The colour that lies `share` of the way from one to the other, as a Plotly colour scale mixes them."""
    pairs = [(int(one[start : start + 2], 16), int(other[start : start + 2], 16)) for start in (1, 3, 5)]
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in pairs)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
