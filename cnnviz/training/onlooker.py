"""Who looks inside a run now and then, at a step that is read back alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from cnnviz.training.step_buffer import PendingStep

if TYPE_CHECKING:
    from cnnviz.training.loop import Training


class Onlooker(Protocol):
    """`watching.Watcher` is one. It may read everything of the run and change nothing."""

    def due(self) -> bool:
        """Whether the next step is to be looked at; asked before every group of steps."""

    def around(self, run: Training, take: Callable[[], PendingStep | None]) -> PendingStep | None:
        """Takes the step by `take`; afterwards its gradients are still there. None: the step was given up."""
