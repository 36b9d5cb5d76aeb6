"""From a tensor that a network made to the array that a record holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from cnnviz.outputs import tensors
from cnnviz.records import Array

_EXACT_IN_32 = (torch.bool, torch.uint8, torch.int8, torch.int16)
_KEPT = (torch.float32, torch.float64, torch.complex64, torch.complex128)


def without_batch(value: torch.Tensor) -> torch.Tensor:
    """[1, …] → […]; a value without an axis of one in front stays as it is, a single number is [1].

    Nested tensors, whose rows differ in length, are filled up with zeros.
    """
    if value.is_nested:
        value = torch.nested.to_padded_tensor(value, 0.0)
    if value.dim() >= 2 and value.shape[0] == 1:
        return value[0]
    return value if value.dim() else value.reshape(1)


def array(value: torch.Tensor) -> Array:
    """The numbers without the batch axis, read-only; a view of the tensor's memory where that can be."""
    if value.dtype is torch.float32 and value.is_cpu and value.layout is torch.strided and not value.requires_grad:
        try:
            found: Array = value.numpy()
        except RuntimeError:  # numbers that stand there with the other sign, a tensor without memory, …
            return _converted(value)
        shape = found.shape  # numpy's, whose views cost a tenth of torch's: a network has hundreds of values
        found = found[0] if len(shape) >= 2 and shape[0] == 1 else found if shape else found.reshape(1)
        found.flags.writeable = False
        return found
    return _converted(value)


def _converted(value: torch.Tensor) -> Array:
    value = value.detach()
    numbers = without_batch(value if value.layout == torch.strided and not value.is_quantized else _dense(value)).cpu()
    if numbers.dtype not in _KEPT:
        numbers = _as_float(numbers)
    found: Array = numbers.resolve_conj().resolve_neg().numpy()
    found.flags.writeable = False
    return found


def _dense(value: torch.Tensor) -> torch.Tensor:
    if value.is_quantized:
        return value.dequantize()
    if value.is_nested:  # of ragged rows
        return torch.nested.to_padded_tensor(value, 0.0)
    return value if value.layout == torch.strided else value.to_dense()


def _as_float(numbers: torch.Tensor) -> torch.Tensor:
    """Floats of the same value: 32 bits where all fit, else 64; whole numbers beyond 2⁵³ stay whole numbers."""
    if numbers.is_complex():
        return numbers.to(torch.complex64)
    if numbers.is_floating_point() or numbers.dtype in _EXACT_IN_32:
        return numbers.to(torch.float32)
    wide = numbers.to(torch.float64)
    narrow = wide.to(torch.float32)
    if bool((narrow.to(torch.float64) == wide).all()) and bool((wide.abs() <= 2**53).all()):
        return narrow
    return wide if bool((wide.abs() <= 2**53).all()) else numbers


def first_tensor(output: Any) -> torch.Tensor:
    """The network's main output: the one that is called so, or the first tensor of a tuple, a dict or a record."""
    return tensors.main(output)


def returned(output: Any) -> tuple[dict[str, Array], str]:
    """Every tensor of the output by its path, as arrays, and which of them is the main one; a number has no axis.

    Whole numbers and truth values stay such: they are no scores.
    """
    found = tensors.parts(output)
    return {key: _returned(value) for key, value in found.items()}, tensors.main_key(found)


def _returned(value: torch.Tensor) -> Array:
    numbers = array(value)
    if not (value.is_floating_point() or value.is_complex() or value.is_quantized):
        numbers = numbers.astype(bool if value.dtype is torch.bool else np.int64)
        numbers.flags.writeable = False
    return numbers if value.dim() else numbers.reshape(())
