"""The tensors in whatever a network returned: a tensor, a tuple, a dict, a dataclass, or these in one another."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import torch

from cnnviz.records import Array

# What a main output is called where a network returns several by name (torchvision, Hugging Face, and others).
MAIN = ("logits", "out", "output", "outputs", "prediction", "predictions", "pred")


def parts(output: Any) -> dict[str, torch.Tensor]:
    """Every tensor by its path: "" for a tensor alone, else "out", "0", "1.boxes", in the order of the output."""
    return dict(_walk(output, ""))


def main_key(keys: Iterable[str]) -> str:
    """The one that is read where there are several: by its name, or the first. Raises ValueError where there is none.

    >>> main_key(["aux", "out"]), main_key(["0", "1"])
    ('out', '0')
    """
    listed = list(keys)
    if not listed:
        raise ValueError("the network returned no tensor")
    top = {key: key for key in listed}
    return next((top[name] for name in MAIN if name in top), listed[0])


def main(output: Any) -> torch.Tensor:
    """The network's main output. Raises TypeError where it returned no tensor at all."""
    if isinstance(output, torch.Tensor):
        return output
    found = parts(output)
    if not found:
        kind = type(output).__name__
        raise TypeError(f"the network returned {kind}: no tensor was found in it; a tensor, tuple or dict works")
    return found[main_key(found)]


def _walk(value: Any, path: str, above: tuple[int, ...] = ()) -> Iterator[tuple[str, torch.Tensor]]:
    """above: what this is a part of, which is not walked again where it is also a part of this."""
    if isinstance(value, torch.Tensor):
        yield path, value
        return
    for name, part in _children(value):
        if id(part) not in above:
            yield from _walk(part, f"{path}.{name}" if path else name, (*above, id(value)))


def _children(value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return ((str(name), part) for name, part in value.items())
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return zip(value._fields, value, strict=True)
    if isinstance(value, (tuple, list, deque)):
        return ((str(index), part) for index, part in enumerate(value))
    if hasattr(value, "__dataclass_fields__"):
        return ((name, getattr(value, name, None)) for name in value.__dataclass_fields__)
    if isinstance(value, SimpleNamespace):
        return vars(value).items()
    return ()


def arrays(output: Any) -> dict[str, Array]:
    """The same as numbers: float64, complex128, int64 or bool, without an axis of one image in front."""
    return {key: _numbers(value) for key, value in parts(output).items()}


def _numbers(value: torch.Tensor) -> Array:
    value = value.detach()
    value = value.dequantize() if value.is_quantized else value
    value = torch.nested.to_padded_tensor(value, 0.0) if value.is_nested else value
    value = (value if value.layout == torch.strided else value.to_dense()).cpu()
    whole = value.dtype if value.dtype is torch.bool else torch.int64
    wide = torch.complex128 if value.is_complex() else torch.float64 if value.is_floating_point() else whole
    plain = value.to(wide).resolve_conj().numpy()
    found: Array = plain[0] if plain.ndim >= 2 and len(plain) == 1 else plain
    return found
