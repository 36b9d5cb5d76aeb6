"""A step that takes long can be given up between two of its operations, so that a stop request need not wait for it.

What a step changes before its weights do is put back: buffers (the running means of batch normalisation), the random
state, the place in the epoch. The run is then what it was after the step before, to the bit. Forward passes ask before
every call of torch's (`TorchFunctionMode`), backward passes before every node of the graph (`Node.register_prehook`);
a step that takes less than a fiftieth of a second asks nobody, since the next one is begun only after a look.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.autograd.graph import Node
from torch.overrides import TorchFunctionMode

if TYPE_CHECKING:
    from cnnviz.training.loop import Training

SLOW = 0.02  # seconds of a step from which on the next one asks
Asked = Callable[[], bool]
NEVER: Asked = lambda: False  # noqa: E731


class Interrupted(Exception):
    """What was under way is given up: whoever wanted it need not have it any more."""


class _Asking(TorchFunctionMode):
    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def __torch_function__(
        self, func: Callable[..., Any], types: Iterable[type], args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        if self._asked():
            raise Interrupted
        return func(*args, **(kwargs or {}))


def asking(asked: Asked) -> contextlib.AbstractContextManager[Any]:
    """Before every operation of torch inside: whether to go on. Raises Interrupted. Only in this thread."""
    return contextlib.nullcontext() if asked is NEVER else _Asking(asked)


def backward(loss: Tensor, asked: Asked) -> None:
    """loss.backward(), asked before every operation's gradient. Raises Interrupted: some gradients are then missing."""
    if asked is not NEVER:
        for node in _nodes(loss):
            node.register_prehook(lambda _: _go_on(asked))
    loss.backward()


def _go_on(asked: Asked) -> None:
    if asked():
        raise Interrupted


def _nodes(loss: Tensor) -> list[Node]:
    """Every operation between the loss and the parameters, without what collects a parameter's gradient: that lives as
    long as the parameter does, and would keep the question."""
    found: dict[Node, None] = {}
    waiting = [loss.grad_fn] if loss.grad_fn is not None else []
    while waiting:
        node = waiting.pop()
        if node not in found and not hasattr(node, "variable"):
            found[node] = None
            waiting += [one for one, _ in node.next_functions if one is not None]
    return list(found)


class RestorePoint:
    """A run on a CPU between two steps, and the way back to it from the middle of the next one."""

    def __init__(self, run: Training) -> None:
        self._run = run
        self._rng = torch.get_rng_state()
        self._buffers = [(one, one.clone()) for one in run.model.buffers()]
        self._batches: tuple[Mapping[str, Tensor], list[int]] = run.batches_state()
        self._reported = run.probes_reported

    def restore(self) -> None:
        """As if the step had not been begun; its gradients are dropped."""
        torch.set_rng_state(self._rng)
        with torch.no_grad():
            for buffer, value in self._buffers:
                buffer.copy_(value)
        for parameter in self._run.model.parameters():
            parameter.grad = None
        self._run.go_back(*self._batches, self._reported)


@contextlib.contextmanager
def single_thread() -> Iterator[None]:
    """One thread inside: on a busy machine two wait for each other at the end of every operation."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
