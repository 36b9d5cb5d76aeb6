"""For builders that compute with tensors while they build, which the meta device cannot."""

from __future__ import annotations

from typing import Any

import torch
from torch.overrides import TorchFunctionMode


class EmptyOnMeta(TorchFunctionMode):
    """Only what `torch.empty` makes is without data: parameters are, numbers to compute with (RegNet's widths) not."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if func is torch.empty and kwargs.get("device") is None:
            kwargs["device"] = "meta"
        return func(*args, **kwargs)
