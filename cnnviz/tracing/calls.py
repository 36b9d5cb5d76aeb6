"""Which modules are one step, and how a call's arguments are remembered."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as _everywhere

from cnnviz.tracing import operation_names as names
from cnnviz.tracing.memory import Slot, StorageMemory
from cnnviz.tracing.writes import tensors_in


# ------------------------------------------------------------------------------------------------ modules
def is_leaf(module: nn.Module) -> bool:
    """Whether a module is one step: one of torch.nn's, or a childless one of a kind that the field has a name for.

    What holds others only to run them (a Sequential, DataParallel) is none. TorchScript is one step, too: it
    calls its parts where Python sees nothing of it.
    """
    kind: Any = type(module)
    if isinstance(module, torch.jit.ScriptModule):
        return True
    return _is_torchs(kind) or (not module._modules and names.module_kind(module) != "other")


@functools.lru_cache(maxsize=4096)
def _is_torchs(kind: type) -> bool:
    if not kind.__module__.startswith(("torch.nn.", "torch.ao.nn.")):
        return False
    return not issubclass(kind, _OPEN) and kind is not nn.Module


_OPEN = (nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.DataParallel, nn.parallel.DistributedDataParallel)


def is_plain(module: nn.Module) -> bool:
    """Whether a module is known to do what its kind does and nothing else: torch's own code, in eval mode, no hooks."""
    if isinstance(module, torch.jit.ScriptModule) or any(HOOKS_ANYWHERE):
        return False
    return all(map(_is_plain_alone, module.modules())) if module._modules else _is_plain_alone(module)


HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")  # of a module
HOOKS_ANYWHERE = (  # of the modules of all models at once
    _everywhere._global_forward_hooks,
    _everywhere._global_forward_pre_hooks,
    _everywhere._global_backward_hooks,
    _everywhere._global_backward_pre_hooks,
)


def _is_plain_alone(module: nn.Module) -> bool:
    state = module.__dict__
    forward: Any = type(module).forward
    return (
        not state["training"]
        and not any(state[hooks] for hooks in HOOKS)
        and "forward" not in state
        and getattr(forward, "__module__", "").startswith("torch.nn.modules.")
        and state.get("max_norm") is None
        and all(type(value) in _ORDINARY for value in state["_parameters"].values())
    )


_ORDINARY = (nn.Parameter, torch.Tensor, type(None))


# ------------------------------------------------------------------------------------------------ arguments
class CallArguments:
    """A call's arguments as they stand now: each tensor replaced by the slot of its value; the model's own stay.

    slots: of every tensor, in order, None for the model's own. owned: the parameters among them.
    """

    __slots__ = ("args", "kwargs", "memory", "owned", "slots")

    def __init__(self, memory: StorageMemory, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        self.memory = memory
        self.slots: list[Slot | None] = []
        self.owned: list[nn.Parameter] = []
        self.args = tuple([self._read(value) for value in args])
        self.kwargs = {key: self._read(value) for key, value in kwargs.items()} if kwargs else {}

    @classmethod
    def of_one(cls, memory: StorageMemory, value: torch.Tensor, slot: Slot | None) -> CallArguments:
        """Of one tensor that has been read already."""
        reading = cls(memory, (), {})
        reading.args = (value if slot is None else slot,)
        reading.slots.append(slot)
        return reading

    @property
    def depends(self) -> bool:
        """Whether one of the values depends on the network's input."""
        return any(slot is not None and slot.depends for slot in self.slots)

    def _read(self, value: Any) -> Any:
        kind = type(value)
        if kind is torch.Tensor:  # no parameter, and most often known
            slot = self.memory.read(value)
            self.slots.append(slot)
            return value if slot is None else slot
        if kind in _NUMBERS:
            return value
        if isinstance(value, torch.Tensor):
            slot = self.memory.read(value)
            self.slots.append(slot)
            if isinstance(value, nn.Parameter):
                self.owned.append(value)
            return value if slot is None else slot
        if isinstance(value, (list, tuple)):
            parts = [self._read(part) for part in value]
            return parts if isinstance(value, list) else tuple(parts)
        if isinstance(value, dict):
            return {key: self._read(part) for key, part in value.items()}
        if isinstance(value, slice):
            return slice(*(self._read(part) for part in (value.start, value.stop, value.step)))
        if hasattr(value, "__dataclass_fields__"):
            self.slots += [self.memory.read(part) for part in tensors_in(value)]
        return value


_NUMBERS = frozenset((int, float, bool, str, type(None)))


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
