"""Where a network bends: its activations, run as ever, with another rule for what flows back through them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

from cnnviz.attribution.asking import AttributionRequest
from cnnviz.attribution.errors import DoesNotFit

Back = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]  # (gradient, input, output) → gradient
_TOPS = {"relu": math.inf, "relu_": math.inf, "relu6": 6.0, "relu6_": 6.0}


class _Bent(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, made: torch.Tensor, back: Back) -> torch.Tensor:
        ctx.save_for_backward(x, made)
        ctx.back = back
        return made.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> Any:
        x, made = ctx.saved_tensors
        return ctx.back(gradients[0], x, made), None, None


class _Scaled(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, made: torch.Tensor, slope: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(slope)
        return made.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> Any:
        (slope,) = ctx.saved_tensors
        return gradients[0][:1].expand_as(gradients[0]) * slope, None, None


def rectifiers(asked: AttributionRequest) -> dict[str, float]:
    """Key → upper end, of the ReLUs before the target. Raises DoesNotFit where another activation is among them."""
    found = {}
    for key in asked.before_target():
        if asked.nodes[key].kind != "activation":
            continue
        label = asked.labels[key].lower()
        if label not in _TOPS:
            raise DoesNotFit(
                f"Its rule is one for ReLUs, and this network has {asked.labels[key]} at {key}; the gradient works."
            )
        found[key] = _TOPS[label]
    if not found:
        raise DoesNotFit("Its rule is one for ReLUs, and there is none before the target: it would be the gradient.")
    return found


def through_rectifiers(asked: AttributionRequest, *, forward_gate: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """(f, the gradient) where ReLUs let only positive gradients back; forward_gate: and only where they were open."""
    tops = rectifiers(asked)

    def change(key: str, compute: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        top = tops.get(key)
        if top is None:
            return compute()

        def back(gradient: torch.Tensor, x: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
            kept = gradient.clamp_min(0)
            return kept * ((x > 0) & (x < top)) if forward_gate else kept

        x = args[0].clone()
        return _Bent.apply(x, x.detach().clamp(0, top), back)

    return asked.gradient(asked.x, change)


def replaced(x: torch.Tensor, made: torch.Tensor, back: Back) -> Any:
    """`made`, through which `back` says what flows to x."""
    return _Bent.apply(x, made.detach(), back)


def scaled(x: torch.Tensor, made: torch.Tensor, slope: torch.Tensor) -> Any:
    """`made`, through which the first image's gradient times `slope` flows to every image of x."""
    return _Scaled.apply(x, made.detach(), slope)
