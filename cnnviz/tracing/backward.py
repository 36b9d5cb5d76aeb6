"""Gradients of what ran, by `torch.autograd`, and one sentence where there are none.

A network may hold calls that PyTorch cannot differentiate (`torch.unique`, a registered operator without a formula,
what was computed in inference mode), or a backward pass of its own that fails. Whatever is raised there is somebody
else's: it becomes `NoGradients`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.autograd.graph import allow_mutation_on_saved_tensors

from cnnviz.plain_text import cut, without_folders

_WRITTEN_OVER = "modified by an inplace operation"
_NO_DERIVATIVE = (
    "derivative for", "automatic differentiation", "not differentiable", "MkldnnCPU", "Inference tensors",
    "no autograd formula", "implement either the backward", "in inference mode", "functorch transforms",
    "requires grad", "require grad", "requires_grad flags of",  # `numpy()`, `resize_`, weights written over in forward
)  # fmt: skip


class NoGradients(ValueError):
    """What cannot be differentiated, as PyTorch or the network itself says it."""


def gradients_by(outputs: torch.Tensor, sources: Sequence[Any], weights: torch.Tensor | None = None) -> tuple[Any, ...]:
    """d (Σ weights · outputs) / d each source, None for one off the path; without weights, of an output of one number.

    Raises NoGradients, whatever the backward pass raises.
    """
    given = None if weights is None else (weights,)
    try:
        return torch.autograd.grad((outputs,), tuple(sources), grad_outputs=given, allow_unused=True)
    except Exception as error:  # a backward pass of somebody's own may raise anything
        if _WRITTEN_OVER in str(error) or _is_of_memory(error):
            raise
        raise NoGradients(_said(error)) from error


def differentiating(once: Callable[[], Any]) -> Any:
    """once(), a pass forward and one backward; again with what it writes over kept, where autograd needs that.

    Raises NoGradients where one of the calls refuses to run so.
    """
    with torch.enable_grad():
        try:
            return _refusing(once)
        except RuntimeError as error:
            if _WRITTEN_OVER not in str(error):
                raise
        with allow_mutation_on_saved_tensors():  # an operation needs, in the backward pass, what was written over later
            return _refusing(once)


def _refusing(once: Callable[[], Any]) -> Any:
    try:
        return once()
    except RuntimeError as error:
        if not any(words in str(error) for words in _NO_DERIVATIVE):
            raise
        raise NoGradients(_said(error)) from error


def _is_of_memory(error: Exception) -> bool:
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "not enough memory" in str(error)


def _said(error: Exception) -> str:
    """The first sentence of what was raised, with its kind where it says nothing that torch would say."""
    said = str(error).split(". ")[0].rstrip(".")
    known = isinstance(error, RuntimeError) and said
    return without_folders(cut(said if known else f"{type(error).__name__}: {said}".rstrip(": "), longest=200))
