"""Draws docs/house.svg, the house by its imports: `python -m docs.house`. Whoever stands higher imports from below.

A box is a package of cnnviz, or a room of pages/; a row is as high as its longest way down. A line is drawn from a box
to each that it imports and reaches no other way: what can be reached over a third box is left out, or nothing would be
seen. Colours follow the reader's light or dark scheme.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import PurePosixPath

from docs.imports import ROOT, Tree, today

FILE = ROOT / "docs" / "house.svg"
WIDTH, ROW, HEIGHT, MARGIN = 1240, 84, 34, 24  # of the image, from row to row, of a box, around all
LETTER, PADDING = 8.4, 22  # pixels: of the 14-pixel monospace type, and around a box's name
STYLE = """
.ground { fill: #ffffff } .box { fill: #f3f5f8; stroke: #6b7a8c } .line { stroke: #6b7a8c; fill: none; opacity: .55 }
.pages { fill: #e3effb; stroke: #0a66c2 } .drawn { fill: #fdf0e3; stroke: #b4631a } .name { fill: #1b2430 }
@media (prefers-color-scheme: dark) {
  .ground { fill: #0f141a } .box { fill: #19202a; stroke: #8896a8 } .line { stroke: #8896a8 }
  .pages { fill: #14283e; stroke: #7cbcfa } .drawn { fill: #33241a; stroke: #e8a564 } .name { fill: #e6ebf2 }
}
.name { font: 14px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; text-anchor: middle }
"""
Arrows = Mapping[str, set[str]]


def box_of(path: str) -> str:
    """The box a file belongs to: "capture", "topics", "pages/shared", "pages of topics", "app.py"; "" for none."""
    parts = PurePosixPath(path).parts
    if path == "app.py":
        return path
    if parts[0] == "pages" and len(parts) > 2:
        return "pages/shared" if parts[1] == "shared" else "pages/<section>/<topic>"
    if parts[0] == "cnnviz" and parts[1] not in ("__init__.py", "__main__.py"):
        return "topics/<topic>" if parts[1] == "topics" else parts[1].removesuffix(".py")
    return ""


def arrows(tree: Tree) -> dict[str, set[str]]:
    """Which boxes each box imports from. The pages are run by app.py through the table of pages."""
    found: dict[str, set[str]] = {box_of(path): set() for path in tree.modules.values() if box_of(path)}
    for path, others in tree.arrows.items():
        if box_of(path):
            found[box_of(path)] |= {box_of(other) for other in others} - {"", box_of(path)}
    found["app.py"].add("pages/<section>/<topic>")
    return found


def heights(graph: Arrows) -> dict[str, int]:
    """The number of boxes on the longest way down from each. Raises ValueError where the imports go in a circle."""
    known: dict[str, int] = {}

    def height(box: str, above: tuple[str, ...]) -> int:
        if box in above:
            raise ValueError(f"imports go in a circle: {' → '.join((*above, box))}")
        if box not in known:
            known[box] = max((height(below, (*above, box)) + 1 for below in graph[box]), default=0)
        return known[box]

    for box in graph:
        height(box, ())
    return known


def direct(graph: Arrows) -> set[tuple[str, str]]:
    """The arrows without those that a longer way makes superfluous (the graph's transitive reduction)."""
    below: dict[str, set[str]] = {}
    for box in sorted(graph, key=heights(graph).__getitem__):
        below[box] = set(graph[box]).union(*(below[other] for other in graph[box]))
    return {
        (box, other)
        for box, others in graph.items()
        for other in others
        if not any(other in below[third] for third in others - {other})
    }


def rows(graph: Arrows) -> list[list[str]]:
    """The boxes from the top row to the bottom one, each near the middle of what it is joined to."""
    level, lines = heights(graph), direct(graph)
    found = [sorted(box for box in graph if level[box] == one) for one in range(max(level.values()) + 1)]
    for sweep in (found, found[::-1]) * 4:
        middle = {box: (place + 0.5) / len(row) for row in found for place, box in enumerate(row)}
        for row in sweep:
            row.sort(key=lambda box: (_pull(box, lines, middle), box))
            middle |= {box: (place + 0.5) / len(row) for place, box in enumerate(row)}
    return found[::-1]


def _pull(box: str, lines: set[tuple[str, str]], middle: Mapping[str, float]) -> float:
    joined = [middle[b if a == box else a] for a, b in lines if box in (a, b)]
    return math.fsum(joined) / len(joined) if joined else middle[box]  # fsum: a set has no order


def places(graph: Arrows) -> dict[str, tuple[float, float, float]]:
    """(left, top, width) of each box; the boxes of a row share the width that is left between them."""
    found = {}
    for index, row in enumerate(rows(graph)):
        widths = [len(name) * LETTER + PADDING for name in row]
        gap = (WIDTH - sum(widths)) / (len(row) + 1)
        for place, (name, width) in enumerate(zip(row, widths, strict=True)):
            left = gap * (place + 1) + sum(widths[:place])
            found[name] = (round(left, 1), MARGIN + index * ROW, round(width, 1))
    return found


def svg(graph: Arrows) -> str:
    """The image; the lines lie under the boxes."""
    at = places(graph)
    height = max(top for _, top, _ in at.values()) + HEIGHT + MARGIN
    lines = [_line(at[a], at[b]) for a, b in sorted(direct(graph))]
    boxes = [_box(name, *place) for name, place in sorted(at.items())]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
    title = "<title>The packages of cnnviz and the rooms of pages/, each above what it imports</title>"
    ground = f'<rect class="ground" width="{WIDTH}" height="{height}"/>'
    return "\n".join([head, title, f"<style>{STYLE}</style>", ground, *lines, *boxes, "</svg>\n"])


def _line(upper: tuple[float, float, float], lower: tuple[float, float, float]) -> str:
    x, y = upper[0] + upper[2] / 2, upper[1] + HEIGHT
    to_x, to_y = lower[0] + lower[2] / 2, lower[1]
    bend = (to_y - y) / 2
    curve = f"M{x:.1f} {y:.1f}C{x:.1f} {y + bend:.1f} {to_x:.1f} {to_y - bend:.1f} {to_x:.1f} {to_y:.1f}"
    return f'<path class="line" d="{curve}"/>'


def _box(name: str, left: float, top: float, width: float) -> str:
    colour = "box pages" if name == "app.py" or name.startswith("pages") else "box"
    colour = "box drawn" if name in ("records", "figures", "registry") else colour
    text = name.replace("<", "&lt;").replace(">", "&gt;")
    return (
        f'<rect class="{colour}" x="{left}" y="{top}" width="{width}" height="{HEIGHT}" rx="6"/>'
        f'<text class="name" x="{left + width / 2:.1f}" y="{top + 22}">{text}</text>'
    )


if __name__ == "__main__":
    FILE.write_text(svg(arrows(today())), "utf-8")
