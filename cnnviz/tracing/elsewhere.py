"""In-place work done in new memory, so that the value that would be written over need not be copied first.

`relu(x, inplace=True)` leaves x with its result. Computed out of place, x can change its memory with the result's: the
same numbers from the same arithmetic, with one pass over the memory less. Only where nothing else lies in x's memory
(another view of it would not see the write), outside autograd, and for operations that work number by number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import torch
from torch import nn

from cnnviz.tracing.belongings import storage_of
from cnnviz.tracing.memory import StorageMemory

_use_count: Callable[[int], int] | None = getattr(torch._C, "_storage_Use_Count", None)
_exchange: Callable[[torch.Tensor, torch.Tensor], None] | None = getattr(torch._C, "_swap_tensor_impl", None)
_holders: Callable[[torch.Tensor], int] = getattr(torch.Tensor, "_use_count", lambda tensor: 0)  # 1: Python alone
_METHODS: dict[Any, Callable[..., Any]] = {
    getattr(torch.Tensor, name + "_"): getattr(torch.Tensor, name) for name in ("add", "sub", "mul", "relu", "sigmoid")
}
_METHODS[torch.relu_] = torch.relu


class Computes(Protocol):
    """What is known of a module that writes over its input."""

    @property
    def compute(self) -> Callable[[torch.Tensor], Any] | None:
        """The twin's arithmetic, where it is known."""

    @property
    def twin(self) -> Any:
        """The same module, out of place."""


_number_of: Callable[[torch.Tensor], int] = getattr(
    torch._C, "_storage_address", lambda tensor: tensor.untyped_storage()._cdata
)


def _references(tensor: torch.Tensor) -> tuple[int, int]:
    """(which memory block, how many tensors lie in it: a number to compare; −1 where torch does not say)."""
    number = _number_of(tensor)
    return number, -1 if _use_count is None else _use_count(number)


_ALONE = _references(torch.empty(1))[1]


def of_module(module: nn.Module, args: Sequence[Any], memory: StorageMemory) -> Callable[[], Any] | None:
    """What computes an in-place module out of place and leaves its input as it would; None: do it in place."""
    if len(args) != 1 or not _is_alone(args[0], memory):
        return None
    twin = twin_of(module)
    return lambda: _swapped(args[0], twin.forward, memory)


def of_known(known: Computes, x: torch.Tensor, memory: StorageMemory) -> Any:
    """What a twin makes of x, and x is left as the module in place would leave it; None: do it in place."""
    return _swapped(x, known.compute or known.twin.forward, memory) if _is_alone(x, memory) else None


def twin_of(module: nn.Module) -> nn.Module:
    """The same module with the same parameters, out of place."""
    twin = object.__new__(type(module))
    twin.__dict__ = {**module.__dict__, "inplace": False}
    return twin


def of_function(
    function: Any,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    victims: Sequence[torch.Tensor],
    memory: StorageMemory,
) -> Callable[[], Any] | None:
    """The same for a function that was called with inplace=True, and for `+=` and a few methods.

    With `out=`, which autograd refuses, the result is copied into it where gradients are wanted.
    """
    out = kwargs.get("out")
    if isinstance(out, torch.Tensor):
        others = {name: value for name, value in kwargs.items() if name != "out"}
        return (lambda: _into(out, function(*args, **others), memory)) if torch.is_grad_enabled() else None
    if len(victims) != 1 or not args or args[0] is not victims[0] or not _is_alone(args[0], memory):
        return None
    rest = args[1:]
    if any(value is args[0] for value in rest):
        return None
    if kwargs.get("inplace") is True and getattr(function, "__module__", "") == "torch.nn.functional":
        options = {**kwargs, "inplace": False}
        return lambda: _swapped(args[0], lambda old: function(old, *rest, **options), memory)
    twin = _METHODS.get(function)
    if twin is None or not _keeps_type(args[0], rest):
        return None
    return lambda: _swapped(args[0], lambda old: twin(old, *rest, **kwargs), memory)


def _into(out: torch.Tensor, result: torch.Tensor, memory: StorageMemory) -> torch.Tensor:
    memory.overwrite([out])
    if out.shape != result.shape:
        out.resize_(result.shape)
    return out.copy_(result)


def twin_of_method(function: Any) -> Callable[..., Any] | None:
    """The method that computes what this one writes over its tensor; None where none is known."""
    return _METHODS.get(function)


def of_method(twin: Callable[..., Any], args: Sequence[Any], memory: StorageMemory) -> Any:
    """What a method in place makes of its first argument, done by its twin; None: it is not to be done so."""
    victim, rest = args[0], args[1:]
    if len(rest) > 1 or (rest and rest[0] is victim) or not _is_alone(victim, memory) or not _keeps_type(victim, rest):
        return None
    return _swapped(victim, lambda old: twin(old, *rest), memory)


def _keeps_type(victim: torch.Tensor, rest: Sequence[Any]) -> bool:
    """Whether an operation of these gives the victim's own type and shape, as in place it must."""
    for value in rest:
        if isinstance(value, torch.Tensor):
            if value.shape != victim.shape or value.dtype != victim.dtype or value.layout != victim.layout:
                return False
        elif not isinstance(value, (int, float)) or not victim.is_floating_point():
            return False
    return victim.is_floating_point()


def _is_alone(value: Any, memory: StorageMemory) -> bool:
    """Whether a value's memory is this tensor's only, so that it may be exchanged."""
    if type(value) is not torch.Tensor or memory.copies or _exchange is None or _ALONE < 0:
        return False
    if torch.is_grad_enabled() or value.layout is not torch.strided or not value.is_floating_point():
        return False
    if _holders(value) != 1:
        return False
    storage, count = _references(value)
    return count == _ALONE and memory.is_one_value(value, storage, alone=True)


def _swapped(victim: torch.Tensor, compute: Callable[[torch.Tensor], Any], memory: StorageMemory) -> torch.Tensor:
    """The victim, with what was computed from it in its place; its memory is left to the value that stood there."""
    result = compute(victim)
    if result is victim:  # dropout in eval mode
        return victim
    if not (result.is_contiguous() and victim.is_contiguous()) and result.stride() != victim.stride():
        result = torch.empty_strided(victim.shape, victim.stride(), dtype=victim.dtype, device=victim.device).copy_(
            result
        )
    assert _exchange is not None
    _exchange(victim, result)
    memory.exchanged(victim, result)
    return victim


def put(victim: torch.Tensor, result: torch.Tensor, memory: StorageMemory) -> torch.Tensor:
    """The result as the new value of a tensor that a call was to write over; itself if it has another shape."""
    if result.shape != victim.shape:
        return result
    if not torch.is_grad_enabled() and memory.is_one_value(victim, storage_of(victim)):
        memory.exchange(victim, victim.detach())
        victim.data = result
    else:
        memory.overwrite([victim])
        victim.copy_(result)
    return victim
