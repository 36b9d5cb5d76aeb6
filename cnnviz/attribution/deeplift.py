"""DeepLIFT, rescale rule: the difference to a baseline, handed back layer by layer.

Theory: at every bend the multiplier is Δoutput / Δinput instead of the derivative, so that nothing is lost where a ReLU
saturates, and the sum over the image is f(x) − f(x′) (summation to delta). Max pooling hands its difference to the two
winners, a product by halves.
Formula: M = Σ_c (x_c − x′_c) · m, m the product of the multipliers along all ways.
Source: A. Shrikumar, P. Greenside, A. Kundaje: DeepLIFT (2017), https://arxiv.org/abs/1704.02685; products and max
pooling as in M. Ancona et al. (2018), https://arxiv.org/abs/1711.06104
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from cnnviz.attribution import laws
from cnnviz.attribution.asking import AttributionRequest, adds
from cnnviz.attribution.bends import replaced, scaled
from cnnviz.attribution.entries import REGISTRY, Method, of_pixels
from cnnviz.attribution.errors import DoesNotFit
from cnnviz.records.attribution import Attribution


def compute(asked: AttributionRequest) -> Attribution:
    """The image and the baseline in one pass, one pass back; the sum is held against f(x) − f(x′)."""
    _fits(asked)
    kinds = {key: asked.nodes[key].kind for key in asked.before_target()}

    def change(key: str, run: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        kind = kinds.get(key)
        if kind not in ("activation", "pooling") or (kind == "pooling" and adds(asked, key)):
            return run()
        if kind == "pooling":
            return _winners(run, args[0])
        x = args[0].clone()
        with torch.no_grad():
            made = run()
            slope = _slope(x, made)
        return scaled(x, made, slope)

    values, gradient = asked.gradient(torch.cat((asked.x, asked.zero)), change)
    product = (asked.x - asked.zero) * gradient[:1]
    delta = float(values[0] - values[1])
    claim = f"The sum of the map is f(image) − f(baseline) = {delta:.4g}"
    law = laws.total(float(product.double().sum()), delta, claim, share=1e-3, dtype=asked.x.dtype)
    return replace(of_pixels("deeplift", product, float(values[0])), law=law)


def _fits(asked: AttributionRequest) -> None:
    if not asked.are_apart:
        raise DoesNotFit(
            "It sends image and baseline through the network together, and this one makes of both what it makes of "
            "neither alone; integrated gradients work."
        )
    for key in asked.before_target():
        kind, label = asked.nodes[key].kind, asked.labels[key].lower()
        bends = kind == "activation" and "glu" not in label and "prelu" not in label
        maximum = kind == "pooling" and "max" in label and "2d" in label
        if kind != "input" and not bends and not maximum and not adds(asked, key):
            raise DoesNotFit(
                f"It has no rule for {asked.labels[key]} at {key}, so its sum would miss; integrated gradients work."
            )


def _slope(x: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
    """Δout / Δin, which is both halves' multiplier; where they hardly differ, whether it is open."""
    change_in, change_out = x[0] - x[1], made[0] - made[1]
    small = _small(x)
    return torch.where(small, ((x[0] > 0) & (made[0] == x[0])).to(x), change_out / change_in.masked_fill(small, 1))


def _winners(run: Callable[[], Any], source: torch.Tensor) -> Any:
    """Max pooling: what the larger of both maxima gains stands at the winner of its own half."""
    with torch.enable_grad():
        pooled = run()

    def back(gradient: torch.Tensor, x: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
        larger = torch.maximum(made[0], made[1])
        gains = torch.stack((gradient[0] * (larger - made[1]), gradient[0] * (made[0] - larger)))
        (placed,) = torch.autograd.grad(pooled, (source,), gains, retain_graph=True)
        small = _small(x)
        multiplier = (placed[0] + placed[1]).masked_fill(small, 0) / (x[0] - x[1]).masked_fill(small, 1)
        return multiplier[None].expand_as(x)

    return replaced(source, pooled, back)


def _small(x: torch.Tensor) -> torch.Tensor:
    return (x[0] - x[1]).abs() <= 64 * torch.finfo(x.dtype).eps * (x[0].abs() + x[1].abs())


REGISTRY.add(
    "deeplift",
    Method(
        "deeplift", "DeepLIFT (rescale)", "rules", compute,
        r"\sum_c (x_c-x'_c)\,m_c,\quad m=\frac{\Delta\,\mathrm{out}}{\Delta\,\mathrm{in}}",
        "Shrikumar, Greenside, Kundaje: DeepLIFT", 2017, "https://arxiv.org/abs/1704.02685", lambda asked: 6,
    ),
)  # fmt: skip
