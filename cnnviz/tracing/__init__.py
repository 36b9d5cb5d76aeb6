"""What a network does, read from what it did: every call of one forward pass, named, with its arguments and result.

A module call is named by its path ("layer1.0.conv1"), a function by the enclosing module's path and its own name
("layer1.0.add", "flatten"). So additions, concatenations and functional ReLUs, which no module hook sees, are there.

Nothing is remembered from one pass to the next: attributes, hooks, weights, branches on the data and `forward` itself
may change in between. Values stay as they were made, whatever writes over them later (`memory`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from cnnviz.tracing import compiled
from cnnviz.tracing.belongings import Belongings
from cnnviz.tracing.borrowing import Lent, borrowed, in_training, lent, modules_of, untouched
from cnnviz.tracing.copying import copied
from cnnviz.tracing.memory import Slot
from cnnviz.tracing.naming import Calls, Record, told
from cnnviz.tracing.nodes import STARTS, Node, NodePlace, containers, groups, prefixes
from cnnviz.tracing.numbers import Numbers, first_difference
from cnnviz.tracing.run import RecordedRun
from cnnviz.tracing.steps import CallStep, Change, Options, Reached

__all__ = [
    "STARTS", "CallStep", "Calls", "Change", "Lent", "Node", "NodePlace", "Numbers", "Options", "Reached", "Record",
    "RecordedRun", "Slot", "borrowed", "compiled", "copied", "first_difference", "groups", "in_training", "lent",
    "modules_of", "nodes", "nodes_later", "prefixes", "untouched", "until", "watched",
]  # fmt: skip


@contextmanager
def watched(
    model: nn.Module, x: torch.Tensor, options: Options | None = None, *, belongings: Belongings | None = None
) -> Iterator[tuple[Any, RecordedRun]]:
    """(the network's output, the run) of one pass over x; the model is as it was when the context ends.

    Call it with the model borrowed; belongings: the model's, if they have just been compared (`lent`). A pass in
    which something wrote over a value unseen runs again, copying everything.
    """
    options = options or Options()
    with untouched(model, belongings) as belongings:
        run = RecordedRun(model, belongings, options)
        output = run(x.clone())
        if not run.is_lost:
            yield output, run
            return
    del output, run
    with untouched(model) as belongings:
        run = RecordedRun(model, belongings, replace(options, copies=True))
        yield run(x.clone()), run


def until(model: nn.Module, x: torch.Tensor, key: str) -> torch.Tensor | None:
    """What the step of this key makes of x; the network runs no further. None where there is no such step.

    Call it with the model borrowed; gradients flow as autograd is set.
    """
    with untouched(model) as belongings:
        run = RecordedRun(model, belongings, Options(until=key, unviewed=True))
        try:
            run(x.clone())
        except Reached:
            return run.steps[-1].output.value
    return None


def nodes(run: RecordedRun) -> list[Node]:
    """The nodes of a run's steps with the groups that they fold into."""
    return nodes_later(run)()


def nodes_later(run: RecordedRun) -> Callable[[], list[Node]]:
    """The same, for when somebody asks: what is called needs the model no more, and does not hold it.

    The last run's are kept while the model holds what it held; they serve a run of the very same calls.
    """
    calls, found = run.calls, run.memory.belongings.found
    around: frozenset[str] | None = found.get("containers")
    if around is None:
        around = found["containers"] = containers(run.model)

    def read() -> list[Node]:
        now = list(map(told, calls.records))
        before = found.get("nodes")
        if before is None or before[0] != now:
            steps = calls.steps()
            places = [NodePlace(step.key, step.node.kind, prefixes(step.scope, proper=False)) for step in steps]
            named = [Node(*step.node[:-1], group) for step, group in zip(steps, groups(around, places), strict=True)]
            before = found["nodes"] = now, named
        return list(before[1])

    return read
