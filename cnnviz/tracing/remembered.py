"""What was found out about a model, for as long as the model lives and holds what it held then."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Generic, TypeVar

import torch
from torch import nn

from cnnviz.tracing.belongings import Belongings

Found = TypeVar("Found")


class Remembered(Generic[Found]):
    """Findings by model and key, of the `most` models used last: what a model's hooks hold may hold the model."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._lock = threading.Lock()
        self._models: OrderedDict[int, tuple[weakref.ref[nn.Module], dict[Hashable, Found]]] = OrderedDict()

    def of(self, model: nn.Module) -> dict[Hashable, Found]:
        """What is remembered of a model; whoever reads a finding asks whether it still holds."""
        number = id(model)
        with self._lock:
            found = self._models.get(number)
            if found is None or found[0]() is not model:
                found = (weakref.ref(model, lambda gone: self._forget(number, gone)), {})
                self._models[number] = found
            self._models.move_to_end(number)
            while len(self._models) > self.most:
                self._models.popitem(last=False)
            return found[1]

    def _forget(self, number: int, gone: Any) -> None:
        found = self._models.get(number)
        if found is not None and found[0] is gone:
            self._models.pop(number, None)


_belongings: Remembered[Belongings] = Remembered(8)


def known_belongings(model: nn.Module) -> Belongings | None:
    """The model's belongings as they once were, if they have been looked at; ask them whether they are current."""
    return _belongings.of(model).get("now")


def belongings_of(model: nn.Module) -> Belongings:
    """The model's belongings as they are now; looked through anew only where something has changed."""
    known = _belongings.of(model)
    found = known.get("now")
    if found is None or not found.is_current():
        found = known["now"] = Belongings(model)
    return found


class Built:
    """How a model was built, and with which numbers if they matter, to be compared with later."""

    def __init__(self, model: nn.Module, *, numbers: bool) -> None:
        self._belongings = Belongings(model, compared=True)
        self._numbers = self._versions() if numbers else None

    def holds(self) -> bool:
        """Whether the model is still as it was."""
        return self._belongings.same() and (self._numbers is None or self._numbers == self._versions())

    def _versions(self) -> list[tuple[int, int]]:
        return [_version(value) for value in self._belongings]


def _version(value: torch.Tensor) -> tuple[int, int]:
    if value.is_meta or value.layout != torch.strided:
        return 0, 0
    return (-1 if value.is_inference() else value._version), value.data_ptr()
