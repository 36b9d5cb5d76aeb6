"""What a call is named, which modules are one step, and how a call's arguments are remembered."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as _everywhere

from cnnviz.tracing import operation_names as names
from cnnviz.tracing.memory import Memory
from cnnviz.tracing.writes import name_of

_REVERSED: dict[str, tuple[str, Callable[..., Any]]] = {
    "__rsub__": ("sub", operator.sub),
    "__rdiv__": ("truediv", operator.truediv),
    "__rtruediv__": ("truediv", operator.truediv),
    "__rfloordiv__": ("floordiv", operator.floordiv),
    "__rmod__": ("mod", operator.mod),
    "__rpow__": ("pow", operator.pow),
    "__rmatmul__": ("matmul", operator.matmul),
}
_OPERATORS = {"div": "truediv", "remainder": "mod", "floor_divide": "floordiv"}  # what Python calls a method's work


@dataclass(frozen=True, eq=False)
class Normal:
    """A call as one would write it: `1 − x` is sub(1, x), `x += y` and `torch.add_` are add."""

    name: str
    kind: str
    operation: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def normal(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Normal:
    """A function's or a method's call with its name, its kind and its line."""
    raw = name_of(function)
    if raw in _REVERSED:
        name, function = _REVERSED[raw]
        args = (args[1], args[0], *args[2:])
    else:
        name = (raw.strip("_") or raw).removesuffix("_with_indices")
        if raw.startswith("__i") and name[1:] in names.KIND_OF_FUNCTION:
            name = name[1:]
        is_method = getattr(function, "__qualname__", "").startswith("Tensor")
        if is_method and not kwargs and name in _OPERATORS:
            name = _OPERATORS[name]
    return Normal(name, names.function_kind(name), names.function_operation(name, args, kwargs), function, args, kwargs)


class Naming:
    """Gives each step its name: a module's path and how often it has run, or the scope and a function's name."""

    def __init__(self, modules: Iterable[str]) -> None:
        self._taken = set(modules)
        self._calls: dict[str, int] = {}
        self._next: dict[str, int] = {}

    def module(self, name: str) -> int:
        """The number of this call of the module, from 0."""
        self._taken.add(name)
        count = self._calls.get(name, 0)
        self._calls[name] = count + 1
        return count

    def function(self, scope: str, function: str) -> str:
        """A name for a function's call that no other call has, taken from now on."""
        return self.unique(f"{scope}.{function}" if scope else function)

    def next_module(self, name: str) -> str:
        """The key that the module's next call will have."""
        return f"{name}:{self._calls[name]}" if name in self._calls else name

    def next_function(self, scope: str, function: str) -> str:
        """The name that a function's call would get, not yet taken."""
        return self._free(f"{scope}.{function}" if scope else function)

    def unique(self, name: str) -> str:
        """This name, or with a number behind it where it is taken already."""
        free = self._free(name)
        self._taken.add(free)
        return free

    def _free(self, name: str) -> str:
        candidate, count = name, self._next.get(name, 0)
        if count:
            candidate = f"{name}_{count}"
        while candidate in self._taken:
            count += 1
            candidate = f"{name}_{count}"
        self._next[name] = count
        return candidate


# ------------------------------------------------------------------------------------------------ modules
def is_leaf(module: nn.Module) -> bool:
    """Whether a module is one step: one of torch.nn's, or a childless one of a kind that the field has a name for.

    TorchScript is one step, too: it calls its parts where Python sees nothing of it.
    """
    kind: Any = type(module)
    if isinstance(module, torch.jit.ScriptModule):
        return True
    return _is_torchs(kind) or (not module._modules and names.module_kind(module) != "other")


@functools.lru_cache(maxsize=4096)
def _is_torchs(kind: type) -> bool:
    if not kind.__module__.startswith(("torch.nn.", "torch.ao.nn.")):
        return False
    return not issubclass(kind, (nn.Sequential, nn.ModuleList, nn.ModuleDict)) and kind is not nn.Module


def is_plain(module: nn.Module) -> bool:
    """Whether a module is known to do what its kind does and nothing else: torch's own code, in eval mode, no hooks."""
    if isinstance(module, torch.jit.ScriptModule):
        return False
    if _everywhere._global_forward_hooks or _everywhere._global_forward_pre_hooks:
        return False
    if _everywhere._global_backward_hooks or _everywhere._global_backward_pre_hooks:
        return False
    return all(map(_is_plain_alone, module.modules())) if module._modules else _is_plain_alone(module)


def _is_plain_alone(module: nn.Module) -> bool:
    state = module.__dict__
    forward: Any = type(module).forward
    return (
        not state["training"]
        and not state["_forward_hooks"]
        and not state["_forward_pre_hooks"]
        and not state["_backward_hooks"]
        and not state["_backward_pre_hooks"]
        and "forward" not in state
        and getattr(forward, "__module__", "").startswith("torch.nn.modules.")
        and state.get("max_norm") is None
        and all(type(value) in _ORDINARY for value in state["_parameters"].values())
    )


_ORDINARY = (nn.Parameter, torch.Tensor, type(None))


# ------------------------------------------------------------------------------------------------ arguments
def packed(args: Any, kwargs: Any, memory: Memory) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments with each tensor replaced by the slot of its value; the model's own tensors stay."""
    return (
        tuple([_packed(value, memory) for value in args]),
        {key: _packed(value, memory) for key, value in kwargs.items()} if kwargs else {},
    )


def _packed(value: Any, memory: Memory) -> Any:
    if isinstance(value, torch.Tensor):
        slot = memory.read(value)
        return value if slot is None else slot
    if isinstance(value, (list, tuple)):
        parts = [_packed(part, memory) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    if isinstance(value, dict):
        return {key: _packed(part, memory) for key, part in value.items()}
    if isinstance(value, slice):
        return slice(*(_packed(part, memory) for part in (value.start, value.stop, value.step)))
    return value


def unpacked(value: Any, replace: Callable[[Any], Any]) -> Any:
    """Remembered arguments with `replace` of each slot and each tensor in their places."""
    if isinstance(value, (list, tuple)):
        parts = [unpacked(part, replace) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    if isinstance(value, dict):
        return {key: unpacked(part, replace) for key, part in value.items()}
    if isinstance(value, slice):
        return slice(*(unpacked(part, replace) for part in (value.start, value.stop, value.step)))
    return replace(value)
