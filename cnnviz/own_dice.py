"""Random numbers that one thread draws from a generator of its own, where code that is not ours names none.

PyTorch has one generator for all threads. Where a visitor's network was built while another's was recorded (which puts
the generator back to where it found it), the weights of "seed 0" came out otherwise, and everybody was shown these. A
dispatch mode holds for one thread: each call inside that would draw from the common generator gets this thread's.
https://docs.pytorch.org/docs/stable/notes/randomness.html
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

NAME = "generator"
_one_at_a_time = threading.RLock()


@contextmanager
def drawn_from(seed: int) -> Iterator[None]:
    """What is drawn inside is what `torch.manual_seed(seed)` would give; the common generators are untouched.

    The few operations that take no generator draw from the common one.
    """
    with _Dice(seed):
        yield


@contextmanager
def drawn_for_all(seed: int) -> Iterator[None]:
    """As `drawn_from`, by torch's common generator, one thread at a time; afterwards that is as it was.

    For code that is not ours: `torch.jit.trace` and others refuse to run under the mode by which `drawn_from` works.
    """
    with _one_at_a_time, torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield


class _Dice(TorchDispatchMode):
    """Hands each operation that may take a generator that of its device, unless it was given one."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._seed = seed
        self._own: dict[torch.device, torch.Generator] = {}

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """No: nothing is compiled here, and telling the compiler so would import it (1.1 s, 160 MB)."""
        return False

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        given = kwargs or {}
        drawing = _taking_a_generator(func)
        device = _device(args, given)
        if device.type == "meta":
            return args[0] if _only_fills(func) else func(*args, **given)
        if drawing is None or given.get(NAME) is not None:
            return func(*args, **given)
        if device not in self._own:
            self._own[device] = torch.Generator(device).manual_seed(self._seed)
        return drawing(*args, **{**given, NAME: self._own[device]})


@functools.cache
def _taking_a_generator(func: Any) -> Callable[..., Any] | None:
    """The operation itself or its overload with the same arguments and a generator; None where there is none."""
    arguments = _names(func)
    if NAME in arguments:
        drawing: Callable[..., Any] = func
        return drawing
    if torch.Tag.nondeterministic_seeded not in func.tags:
        return None
    packet = func.overloadpacket
    found = (getattr(packet, name) for name in packet.overloads())
    return next((one for one in found if [name for name in _names(one) if name != NAME] == arguments
                 and NAME in _names(one)), None)  # fmt: skip


@functools.cache
def _only_fills(func: Any) -> bool:
    """Whether it writes random numbers into its first argument: nothing to do where there are no numbers.

    torch would do nothing by a way through sympy, which takes 0.6 s and 30 MB to import (2 cores, no GPU).
    """
    inplace = func._schema.name.endswith("_") and func._schema.is_mutable
    return inplace and torch.Tag.nondeterministic_seeded in func.tags


def _names(func: Any) -> list[str]:
    return [argument.name for argument in func._schema.arguments]


def _device(args: tuple[Any, ...], given: dict[str, Any]) -> torch.device:
    """On which the numbers are drawn: the one that is asked for, else the first tensor's."""
    tensor = next((one for one in args if isinstance(one, torch.Tensor)), None)
    asked = given.get("device")
    if asked is not None:
        return torch.device(asked)
    return torch.device("cpu") if tensor is None else tensor.device
