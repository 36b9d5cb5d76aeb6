"""What the modules of a network made of a picture, by forward hooks: the way for networks that cannot be traced.

A hook sees modules only. A module whose output is overwritten later (by an in-place ReLU, say) is recorded as a copy:
which ones those are is read from the tensors' version counters in a first pass.
"""

from __future__ import annotations

import threading
import weakref
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn

from cnnviz import tracing
from cnnviz.capture import inplace
from cnnviz.tracing import operation_names


@dataclass(frozen=True, eq=False)
class Seen:
    """A module's output as the module produced it; where it was overwritten later, what was kept of it.

    meter: what the caller's meter showed when the output came.
    """

    node: tracing.Node
    value: torch.Tensor
    kept: inplace.Kept | None = None
    meter: int = 0


_overwritten: weakref.WeakKeyDictionary[nn.Module, frozenset[str]] = weakref.WeakKeyDictionary()


def record(model: nn.Module, x: torch.Tensor, *, meter: Callable[[], int] = int) -> tuple[Any, list[Seen]]:
    """The network's output, and every leaf module's output in the order in which they ran, the picture first.

    Call it with the model borrowed. The hooks are removed whatever happens; other threads' passes are not recorded.
    """
    if model not in _overwritten:
        with torch.inference_mode(False), torch.no_grad():
            probe = _Recorder(model, frozenset())
            probe.run(x.clone())
            _overwritten[model] = frozenset(probe.changed())
    recorder = _Recorder(model, _overwritten[model], meter)
    output = recorder.run(x.clone() if not x.requires_grad else x)
    return output, recorder.grouped()


class _Recorder:
    def __init__(self, model: nn.Module, copied: frozenset[str], meter: Callable[[], int] = int) -> None:
        self.meter = meter
        self.model = model
        self.copied = copied
        self.thread = threading.get_ident()
        self.calls: Counter[str] = Counter()
        self.seen: list[Seen] = []
        self.raw: list[tuple[torch.Tensor, int]] = []  # the outputs themselves, and their versions when they came
        self.keys: dict[int, str] = {}  # the node that produced a tensor, by the tensor's identity

    def run(self, x: torch.Tensor) -> Any:
        self._see("input", "input", "the picture as the network sees it", (), x)
        leaves = [(name, module) for name, module in self.model.named_modules() if not any(module.children())]
        handles = []
        try:
            for name, module in leaves:
                handles.append(module.register_forward_hook(self._hook(name or type(module).__name__)))
            return self.model(x)
        finally:
            for handle in handles:
                handle.remove()

    def changed(self) -> set[str]:
        """The keys of the outputs that something wrote over after they had been seen."""
        pairs = zip(self.seen, self.raw, strict=True)
        return {item.node.key for item, (tensor, version) in pairs if tensor._version != version}

    def grouped(self) -> list[Seen]:
        modules = dict(self.model.named_modules())
        places = [
            tracing.Place(item.node.key, item.node.kind, tracing.prefixes(item.node.module, proper=True))
            for item in self.seen
        ]
        named = zip(self.seen, tracing.groups(modules, places), strict=True)
        return [replace(item, node=replace(item.node, group=group)) for item, group in named]

    def _hook(self, name: str) -> Any:
        def hook(module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
            tensor = output[0] if isinstance(output, (tuple, list)) and output else output
            if threading.get_ident() == self.thread and isinstance(tensor, torch.Tensor):
                kind, operation = operation_names.module_kind(module), operation_names.module_operation(module)
                self._see(name, kind, operation, inputs, tensor)

        return hook

    def _see(self, name: str, kind: str, operation: str, inputs: tuple[Any, ...], tensor: torch.Tensor) -> None:
        call = self.calls[name]
        self.calls[name] += 1
        sources = tuple(self.keys[id(value)] for value in inputs if id(value) in self.keys)
        module = "" if kind == "input" else name
        node = tracing.Node(name, call, kind, operation, module, sources, "", "")
        kept = inplace.keep(tensor) if node.key in self.copied else None
        self.seen.append(Seen(node, tensor if kept is None else kept.value, kept, self.meter()))
        self.raw.append((tensor, 0 if tensor.is_inference() else tensor._version))
        self.keys[id(tensor)] = node.key
