"""Values that leave torch and come back: through numpy, Python's lists or another library.

What happens to them outside no call tells. So everything that is made of numbers from outside, after values of the
input's have left, may come of all of these: it is a row that reads them, which is never narrower than the truth.
Single numbers (`item`) are Python's: what is computed with one does not say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from cnnviz.tracing.memory import Slot, StorageMemory

LEAVE = frozenset({"numpy", "__array__", "tolist", "data_ptr", "storage", "untyped_storage", "__dlpack__"})
RETURN = frozenset({"tensor", "as_tensor", "asarray", "from_numpy", "frombuffer", "from_dlpack", "nested_tensor"})
arrival = torch.from_numpy  # the name of a row that no call told of


def left(memory: StorageMemory, values: Iterable[torch.Tensor]) -> None:
    """These tensors' numbers are shown to what no call will tell of."""
    slots = [memory.read(value) for value in values]
    sources = [row for slot in slots if slot is not None and slot.depends for row in slot.sources]
    memory.outside = tuple(dict.fromkeys((*memory.outside, *sources)))


def given(memory: StorageMemory, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a call of this name makes a tensor of numbers that may come of what has left."""
    if not memory.outside or name not in RETURN:
        return False
    data = args[0] if args else next(iter(kwargs.values()), None)
    return not isinstance(data, (torch.Tensor, int, float, complex))


def slot_of(memory: StorageMemory, value: torch.Tensor) -> Slot:
    """What such a tensor reads: all that has left."""
    return Slot(value, memory.outside, True)
