"""Where the boxes of a block's diagram stand: steps from the input, and rows that no line crosses.

Most blocks are built by putting parts one behind the other or side by side (series-parallel graphs). Such a graph is
reduced part by part to one line (J. Valdes, R. Tarjan, E. Lawler: The Recognition of Series Parallel Digraphs, 1982,
https://doi.org/10.1137/0211023), and each part keeps rows of its own. In other graphs, such as dense blocks, the
longest path is the trunk, and lines that pass a node run above all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from cnnviz.topics.blocks.records import Places

WIRE = 0.62  # rows between a line and the boxes beside it


@dataclass
class _Part:
    """What lies between two nodes: rows relative to its own line, and how far up and down it reaches."""

    start: str
    end: str
    place: int
    lane: dict[str, float] = field(default_factory=dict)
    wires: dict[tuple[str, str], float] = field(default_factory=dict)
    top: float = 0.0
    bottom: float = 0.0

    def moved(self, by: float) -> _Part:
        lane = {key: row + by for key, row in self.lane.items()}
        wires = {key: row + by for key, row in self.wires.items()}
        return _Part(self.start, self.end, self.place, lane, wires, self.top + by, self.bottom + by)


def laid_out(inputs: Mapping[str, Sequence[str]], *, straight: Collection[str] = ()) -> Places:
    """Places for a graph of one source and one sink. inputs: key → what it reads, in an order in which they can run.

    straight: nodes whose direct line from a fork stays on its row, while what lies beside it goes around.
    """
    rank = ranks(inputs)
    source, sink = next(iter(inputs)), list(inputs)[-1]
    whole = _reduced(_lines(inputs), source, sink, rank, set(straight))
    if whole is None:
        return _along_a_trunk(inputs, rank)
    lane = {source: 0.0, **whole.lane, sink: 0.0}
    long = {edge: row for edge, row in whole.wires.items() if rank[edge[1]] - rank[edge[0]] > 1}
    return Places(rank, {key: lane[key] for key in inputs}, long, {})


def ranks(inputs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """key → the length of the longest way to it."""
    found: dict[str, int] = {}
    for key, read in inputs.items():
        found[key] = 1 + max((found[name] for name in read), default=-1)
    return found


def _lines(inputs: Mapping[str, Sequence[str]]) -> list[_Part]:
    return [
        _Part(name, key, place, {}, {(name, key): 0.0})
        for key, read in inputs.items()
        for place, name in enumerate(dict.fromkeys(read))
    ]


def _reduced(parts: list[_Part], source: str, sink: str, rank: Mapping[str, int], straight: set[str]) -> _Part | None:
    """One part from source to sink, or None where the graph is not series-parallel."""
    while len(parts) > 1:
        smaller = _one_behind_the_other(parts, source, sink) or _side_by_side(parts, rank, straight)
        if smaller is None:
            return None
        parts = smaller
    return parts[0] if parts else _Part(source, sink, 0)


def _side_by_side(parts: list[_Part], rank: Mapping[str, int], straight: set[str]) -> list[_Part] | None:
    """The innermost parts that share both ends become one, so that those around them come together later."""
    ends = [(part.start, part.end) for part in parts]
    twice = [pair for pair in dict.fromkeys(ends) if ends.count(pair) > 1]
    if not twice:
        return None
    pair = min(twice, key=lambda one: rank[one[1]] - rank[one[0]])
    same = [part for part in parts if (part.start, part.end) == pair]
    rest = [part for part in parts if part not in same]
    return [*rest, _stacked(sorted(same, key=lambda part: part.place), pair[1] in straight)]


def _one_behind_the_other(parts: list[_Part], source: str, sink: str) -> list[_Part] | None:
    for key in dict.fromkeys(part.end for part in parts if part.end not in (source, sink)):
        before = [part for part in parts if part.end == key]
        after = [part for part in parts if part.start == key]
        if len(before) == len(after) == 1:
            one, two = before[0], after[0]
            lane = {**one.lane, key: 0.0, **two.lane}
            whole = _Part(one.start, two.end, two.place, lane, {**one.wires, **two.wires},
                          min(one.top, two.top), max(one.bottom, two.bottom))  # fmt: skip
            return [*(part for part in parts if part not in (one, two)), whole]
    return None


def _stacked(parts: list[_Part], direct_is_straight: bool) -> _Part:
    """Parts between the same two nodes under each other; a direct line lies above them, or they below it."""
    direct = [part for part in parts if not part.lane]
    rows: list[_Part] = []
    moves: list[float] = []
    for part in parts:
        if part.lane:
            moves.append(rows[-1].bottom + 1.0 - part.top if rows else 0.0)
            rows.append(part.moved(moves[-1]))
    if direct and direct_is_straight:
        shift = 1.0 - rows[0].top if rows else 0.0
        return _united([*direct, *(row.moved(shift) for row in rows)])
    shift = -(moves[0] + moves[-1]) / 2 if rows else 0.0
    rows = [row.moved(shift) for row in rows]
    top = min((row.top for row in rows), default=WIRE)
    return _united([*(part.moved(top - WIRE * (place + 1)) for place, part in enumerate(direct)), *rows])


def _united(parts: list[_Part]) -> _Part:
    one = parts[0]
    lane = {key: row for part in parts for key, row in part.lane.items()}
    wires = {key: row for part in parts for key, row in part.wires.items()}
    return _Part(one.start, one.end, one.place, lane, wires, min(p.top for p in parts), max(p.bottom for p in parts))


# ------------------------------------------------------------------------------------------------ other graphs
def _along_a_trunk(inputs: Mapping[str, Sequence[str]], rank: Mapping[str, int]) -> Places:
    """The longest path on row 0, other nodes on the first free row below, and lines that pass a rank above all."""
    trunk = _longest(inputs, rank)
    lane: dict[str, float] = {}
    for key in inputs:
        taken = {lane[name] for name in lane if rank[name] == rank[key]}
        below = (float(row) for row in range(1, len(inputs) + 1) if row not in taken)
        lane[key] = 0.0 if key in trunk else next(below)
    far: dict[str, list[str]] = {}
    for key, read in inputs.items():
        for name in dict.fromkeys(read):
            if rank[key] - rank[name] > 1:
                far.setdefault(name, []).append(key)
    order = sorted(far, key=lambda name: (rank[name], list(inputs).index(name)), reverse=True)
    buses = {(name, key): number for number, name in enumerate(order) for key in far[name]}
    return Places(dict(rank), lane, {}, buses)


def _longest(inputs: Mapping[str, Sequence[str]], rank: Mapping[str, int]) -> set[str]:
    key = max(inputs, key=lambda name: rank[name])
    found = {key}
    while inputs[key]:
        key = max(inputs[key], key=lambda name: rank[name])
        found.add(key)
    return found
