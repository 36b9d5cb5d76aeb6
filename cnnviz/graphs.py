"""The graph of a network, folded by its modules: which box holds which operation, and which boxes are built alike.

    graph = graphs.of(model, (3, 224, 224))
    [graph.items[index].name for index in graph.roots]   # "input", "conv1 … relu", "maxpool", "layer1", "layer2", …

A box is a run of neighbours in the order of execution, so a graph of boxes never goes in a circle, wherever it is
folded. From the inside out: operations with one module around them are its block; a weighted layer with the
normalisation and activation after it is a unit; neighbours of one build are a repeat. A module around half of the
network or more that only strings its parts together (`features`) is left away.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from torch import nn

from cnnviz import anatomy, tracing
from cnnviz.records import Row
from cnnviz.records.graphs import Graph, Item

_STARTS = frozenset({"convolution", "transposed_convolution", "linear"})
_FOLLOWS = frozenset({"normalization", "activation", "dropout"})
_ARITHMETIC = frozenset({"reshape", "addition", "multiplication", "concatenation", "identity", "other"})
_HALF = 0.5
_LONG = 5  # operations
_NUMBERS = re.compile(r"\d+ → \d+|groups \d+|\d+ channels( in \d+ groups)?")


def of(model: nn.Module, input_shape: Sequence[int], *, run: bool = False) -> Graph:
    """The graph of one image's way through the network. input_shape: (C, H, W). run: as `anatomy.inspect` has it.

    Raises ValueError if the network does not run on such an image.
    """
    return _Fold(model, anatomy.inspect(model, input_shape, run=run)).graph()


@dataclass(eq=False)
class _Box:
    """A box while it is built; `rows` are the places of its operations in the table, all neighbours."""

    name: str
    form: str
    operation: str
    rows: range
    children: list[_Box] = field(default_factory=list)
    count: int = 1
    same: bool = True


class _Fold:
    def __init__(self, model: nn.Module, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.modules = dict(model.named_modules())
        self.place = {row.name: index for index, row in enumerate(rows)}
        self.around = [self._around(row) for row in rows]
        self.reads = [self._reads(index) for index in range(len(rows))]

    def graph(self) -> Graph:
        items: list[Item] = []
        numbered: dict[int, int] = {}
        roots = [self._write(box, -1, items, numbered) for box in self._boxes(range(len(self.rows)), 0)]
        linked = [replace(item, reads=tuple(numbered[row] for row in item.reads)) for item in items]
        return Graph(tuple(linked), tuple(roots))

    def _around(self, row: Row) -> tuple[str, ...]:
        """The modules around an operation, outermost first."""
        name = row.module or row.name
        return tuple(path for path in tracing.prefixes(name, proper=True) if path in self.modules)

    def _reads(self, index: int) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self.place[name] for name in self.rows[index].inputs))

    # -------------------------------------------------------------------------------------------- boxes
    def _boxes(self, rows: range, depth: int) -> list[_Box]:
        """The boxes side by side at this depth of modules: blocks, units and single layers, repeats folded."""
        found: list[_Box] = []
        for path, run in groupby(
            rows, key=lambda row: self.around[row][depth] if len(self.around[row]) > depth else ""
        ):
            inside = list(run)
            if not path:
                found += self._units(inside)
                continue
            inner = self._boxes(range(inside[0], inside[-1] + 1), depth + 1)
            found += inner if self._only_strings(path, inside) else [self._block(path, inside, inner)]
        return self._repeats(self._arithmetic(found))

    def _only_strings(self, path: str, inside: Sequence[int]) -> bool:
        """Whether a module is a mere list of parts that holds half of the network or more."""
        forward = type(self.modules[path]).forward
        return forward in (nn.Sequential.forward, nn.Module.forward) and len(inside) >= _HALF * len(self.rows)

    def _block(self, path: str, inside: Sequence[int], inner: list[_Box]) -> _Box:
        """A module's box; where it holds one box only, the two are one: a unit keeps its name, a block takes ours."""
        if len(inner) == 1 and inner[0].form in ("layer", "unit"):
            return inner[0]
        if len(inner) == 1 and inner[0].form == "block":
            inner = inner[0].children
        return _Box(path, "block", type(self.modules[path]).__name__, range(inside[0], inside[-1] + 1), inner)

    def _units(self, inside: Sequence[int]) -> list[_Box]:
        """A weighted layer takes what follows it in, as long as each reads only the one before."""
        layers = [_Box(self.rows[row].name, "layer", self.rows[row].operation, range(row, row + 1)) for row in inside]
        found: list[_Box] = []
        for box in layers:
            if found and self._follows(found[-1], box):
                found[-1].children.append(box)
                found[-1].rows = range(found[-1].rows.start, box.rows.stop)
            elif self.rows[box.rows.start].kind in _STARTS:
                found.append(_Box(box.name, "unit", box.operation, box.rows, [box]))
            else:
                found.append(box)
        return [box.children[0] if len(box.children) == 1 else self._named(box) for box in found]

    def _follows(self, unit: _Box, box: _Box) -> bool:
        row = box.rows.start
        joins = unit.form == "unit" and self.rows[row].kind in _FOLLOWS
        return joins and self.reads[row] == (unit.rows.stop - 1,) and not self._read_elsewhere(unit.rows.stop - 1, row)

    def _read_elsewhere(self, row: int, besides: int) -> bool:
        return any(row in reads for reader, reads in enumerate(self.reads) if reader != besides)

    def _named(self, box: _Box) -> _Box:
        kinds = [self.rows[row].kind for row in box.rows[1:]]
        box.operation += "".join(f" + {_SHORT[kind]}" for kind in dict.fromkeys(kinds))
        return box

    def _arithmetic(self, boxes: list[_Box]) -> list[_Box]:
        """A long run of operations that no module stands around and that hold no weights is one box."""
        found: list[_Box] = []
        for plain, run in groupby(boxes, key=self._is_arithmetic):
            inside = list(run)
            if not plain or len(inside) < _LONG:
                found += inside
                continue
            rows = range(inside[0].rows.start, inside[-1].rows.stop)
            found.append(_Box(f"{inside[0].name} … {inside[-1].name}", "block", "arithmetic", rows, inside))
        return found

    def _is_arithmetic(self, box: _Box) -> bool:
        return box.form == "layer" and self.rows[box.rows.start].kind in _ARITHMETIC

    # -------------------------------------------------------------------------------------------- repeats
    def _repeats(self, boxes: list[_Box]) -> list[_Box]:
        """Neighbours that differ in channels only are folded where there are three or more; in them, equal ones."""
        found: list[_Box] = []
        for run in self._runs(boxes, exact=False):
            equal = [box for same in self._runs(run, exact=True) for box in self._folded(same)]
            alike = run[0].form == "block" and len(run) > 2 and len(equal) > 1
            found += [self._repeat(run, equal, same=False)] if alike else equal
        return found

    def _runs(self, boxes: list[_Box], *, exact: bool) -> list[list[_Box]]:
        """Boxes of one build side by side, each of which reads the one before."""
        runs: list[list[_Box]] = []
        for box in boxes:
            before = runs[-1][-1] if runs else None
            if (
                before
                and self._build(before, exact=exact) == self._build(box, exact=exact)
                and self._reads_box(box, before)
            ):
                runs[-1].append(box)
            else:
                runs.append([box])
        return runs

    def _reads_box(self, box: _Box, before: _Box) -> bool:
        return any(read in before.rows for row in box.rows for read in self.reads[row])

    def _folded(self, run: list[_Box]) -> list[_Box]:
        return [self._repeat(run, run, same=True)] if run[0].form in ("block", "unit") and len(run) > 1 else run

    def _repeat(self, run: list[_Box], children: list[_Box], *, same: bool) -> _Box:
        rows = range(run[0].rows.start, run[-1].rows.stop)
        return _Box(f"{run[0].name} … {run[-1].name}", "repeat", run[0].operation, rows, children, len(run), same)

    def _build(self, box: _Box, *, exact: bool) -> tuple[object, ...]:
        """What two boxes have in common that are equal (or alike: but for the number of channels)."""
        if box.form == "repeat":
            return (id(box),)
        first = box.rows.start
        lines = tuple(self._line(row, first, exact=exact) for row in box.rows)
        return (box.form, box.operation if exact else box.operation.split(",")[0], lines)

    def _line(self, row: int, first: int, *, exact: bool) -> tuple[object, ...]:
        inner = tuple(read - first for read in self.reads[row] if read >= first)
        outer = sum(read < first for read in self.reads[row])
        if exact:
            return (self.rows[row].operation, self.rows[row].output_shape, inner, outer)
        return (_NUMBERS.sub("", self.rows[row].operation), self.rows[row].output_shape[1:], inner)

    # -------------------------------------------------------------------------------------------- records
    def _write(self, box: _Box, parent: int, items: list[Item], numbered: dict[int, int]) -> int:
        """Appends the box and all that it holds; returns its index. `reads` are rows until all are numbered."""
        index = len(items)
        inside = [self.rows[row] for row in box.rows]
        last = inside[-1]
        items.append(
            Item(
                name=box.name, form=box.form, kind=self._kind(box), operation=box.operation, parent=parent, children=(),
                reads=self.reads[box.rows.start] if box.form == "layer" else (), shape=last.output_shape,
                parameters=sum(row.parameters for row in inside), macs=sum(row.macs for row in inside),
                activation_bytes=sum(row.activation_bytes for row in inside), layers=len(inside),
                field=last.receptive_field, count=box.count, same=box.same,
            )
        )  # fmt: skip
        if box.form == "layer":
            numbered[box.rows.start] = index
        children = tuple(self._write(child, index, items, numbered) for child in box.children)
        items[index] = replace(items[index], children=children)
        return index

    def _kind(self, box: _Box) -> str:
        """An operation's own kind, a unit's first; a block's is "addition" or "concatenation" where it ends so."""
        if box.form in ("layer", "unit") or (box.form == "repeat" and box.children[0].form == "unit"):
            return self.rows[box.rows.start].kind
        ends = [row.kind for row in (self.rows[row] for row in box.rows) if row.kind in ("addition", "concatenation")]
        return ends[-1] if ends else "block"


_SHORT = {"normalization": "norm", "activation": "activation", "dropout": "dropout"}
