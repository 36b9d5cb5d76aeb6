"""A call that ran, as a run keeps it, and what a caller may ask of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

from cnnviz.tracing.memory import Slot
from cnnviz.tracing.nodes import Node
from cnnviz.tracing.numbers import Numbers

Change = Callable[[str, Callable[[], Any], tuple[Any, ...]], Any]
Reads = Sequence[Slot | None]  # what stood in each tensor that a call was given; None for one of the model's own


@dataclass(eq=False, slots=True)
class CallStep:
    """One call that made a value of the input's.

    args, kwargs: what it was called with, each tensor as its `Slot` (or itself, if it is the model's own).
    outputs: its values in order, the row's own first. cost: by the caller's meter, with what ran unseen before it.
    """

    label: str  # the function's name, or the module's class
    function: Callable[..., Any] | None  # None for a module
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    output: Slot
    parameters: tuple[nn.Parameter, ...]
    cost: float
    scope: str
    part: int  # which of the call's outputs this is
    whole: bool  # whether the call has no other
    node: Node
    key: str  # the node's


class Reached(BaseException):
    """The step that was asked for has run. No Exception: a `forward` may catch those."""


@dataclass(eq=False)
class Options:
    """meter: read before and after each step. change: runs a step in its place. until: the key to stop after."""

    meter: Callable[[], float] | None = None
    change: Change | None = None
    until: str | None = None
    copies: bool = False
    unviewed: bool = False  # several views of one tensor are made one by one, so that autograd lets them be written to
    observe: Callable[[CallStep, Any, tuple[Any, ...], dict[str, Any], Reads], None] | None = None
    compute: Callable[[nn.Module, tuple[Any, ...], dict[str, Any]], Any] | None = None  # of a plain module
    numbers: Numbers | None = None  # what writes down which numbers the calls are given

    @property
    def needs_names(self) -> bool:
        """Whether steps must be named as they run; else that waits until the network has returned, and is quicker."""
        return self.observe is not None or self.change is not None or self.until is not None

    @property
    def only_records(self) -> bool:
        """Whether calls run as they are, unmeasured and unchanged."""
        plain = self.meter is None and self.change is None and self.compute is None
        return plain and self.numbers is None and not self.unviewed
