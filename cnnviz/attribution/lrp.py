"""LRP-ε: the score as a quantity that flows back through the layers, each taking what it has contributed.

Theory: a unit's relevance is shared out in proportion to the products that made it; what biases and ε absorb is lost
on the way and is counted here: Σ over the image + absorbed = f(x). Batch normalisation counts with its convolution as
one layer. Computed as gradient × input with each layer's gradient scaled by z / (z + ε·sign z), which is the same.
Formula: R_i = x_i Σ_j w_ij R_j / (z_j + ε sign z_j); ε a share of the layer's root mean square.
Source: S. Bach et al. (2015), https://doi.org/10.1371/journal.pone.0130140; G. Montavon et al. (2019),
https://doi.org/10.1007/978-3-030-28954-6_10
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from cnnviz.attribution import laws
from cnnviz.attribution.asking import Asked, adds
from cnnviz.attribution.bends import replaced
from cnnviz.attribution.entries import REGISTRY, Method, of_pixels
from cnnviz.attribution.errors import DoesNotFit
from cnnviz.records.attribution import Attribution

SHARE = 0.25  # ε as a share of a layer's root mean square
_WEIGHS = ("convolution", "transposed_convolution", "linear")


def compute(asked: Asked) -> Attribution:
    """One pass and one back; the absorbed is summed at each layer, apart from the map."""
    _fits(asked)
    absorbed: list[torch.Tensor] = []
    back = _Rules(asked, absorbed)
    values, gradient = asked.gradient(asked.x, back.change)
    product = asked.x * gradient
    lost, value = float(sum(one.double() for one in absorbed)), float(values[0])
    total = float(product.double().sum())
    claim = f"What reaches the image ({total:.4g}) and what biases and ε absorb ({lost:.4g}) are together f(image)"
    law = laws.total(total + lost, value, claim, share=0.0, dtype=asked.x.dtype)
    kept = f"{100 * total / value:.1f} %" if value else "nothing"
    return replace(of_pixels("lrp", product, value), law=law, note=f"{kept} of the score reaches the image")


class _Rules:
    """What happens at each operation, by its key."""

    def __init__(self, asked: Asked, absorbed: list[torch.Tensor]) -> None:
        self.absorbed, self.nodes = absorbed, asked.nodes
        self.share = asked.setting("epsilon", SHARE)
        self.wanted = set(asked.before_target())
        self.modules = dict(asked.model.named_modules())
        readers: dict[str, list[str]] = {}
        for key, node in asked.nodes.items():
            for read in node.inputs:
                readers.setdefault(read, []).append(key)
        self.merged = {
            key for key, after in readers.items()
            if self.nodes[key].kind in _WEIGHS and [self.nodes[one].kind for one in after] == ["normalization"]
        }  # fmt: skip

    def change(self, key: str, run: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        """The operation as ever, and its own rule on the way back."""
        kind = self.nodes[key].kind if key in self.wanted else ""
        if kind == "activation":
            x = args[0].clone()
            with torch.no_grad():
                made = run().clone()
            return replaced(x, made, _proportional)
        made = run()
        if kind in (*_WEIGHS, "normalization", "addition"):
            offset = self._offset(key, args) if kind != "addition" else None
            epsilon = 0.0 if key in self.merged else self.share * float(made.detach().square().mean().sqrt())
            return replaced(made, made, self._stabilised(offset, epsilon))
        return made

    def _stabilised(self, offset: torch.Tensor | None, epsilon: float) -> Any:
        def back(gradient: torch.Tensor, z: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
            signed = torch.where(z >= 0, epsilon, -epsilon)
            below = z + signed
            kept = gradient * torch.where(below == 0, 1, z / torch.where(below == 0, 1, below))
            self.absorbed.append(((gradient - kept) * z).sum())
            if offset is not None:
                self.absorbed.append((kept * offset).sum())
            return kept

        return back

    def _offset(self, key: str, args: tuple[Any, ...]) -> torch.Tensor | None:
        """What the operation makes of zeros: its biases."""
        module = self.modules.get(self.nodes[key].module)
        with torch.no_grad():
            if module is not None and isinstance(args[0], torch.Tensor):
                return module.forward(torch.zeros_like(args[0]))
        bias = args[2] if len(args) > 2 and isinstance(args[2], torch.Tensor) else None
        return bias.view(-1, *[1] * (args[0].dim() - 2)) if bias is not None else None


def _proportional(gradient: torch.Tensor, x: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
    """An activation hands its relevance on as it is: in gradients, output over input."""
    return gradient * torch.where(x == 0, 0, made / torch.where(x == 0, 1, x))


def _fits(asked: Asked) -> None:
    modules = dict(asked.model.named_modules())
    for key in asked.before_target():
        node, label = asked.nodes[key], asked.labels[key].lower()
        winner = node.kind == "pooling" and "max" in label
        bends = node.kind == "activation" and ("relu" in label or label in ("tanh", "silu", "gelu", "hardswish"))
        if label == "prelu" or (node.kind != "input" and not bends and not winner and not adds(asked, key)):
            raise DoesNotFit(f"It has no rule for {asked.labels[key]} at {key}; integrated gradients work.")
        if node.kind == "normalization" and not isinstance(modules.get(node.module), nn.Module):
            raise DoesNotFit(f"Its biases at {key} cannot be read, so nothing could be checked.")


REGISTRY.add(
    "lrp",
    Method(
        "lrp", "LRP-ε", "rules", compute, r"R_i=\sum_j \frac{x_i w_{ij}}{z_j+\varepsilon\operatorname{sign} z_j}R_j",
        "Bach et al.: On Pixel-Wise Explanations", 2015, "https://doi.org/10.1371/journal.pone.0130140",
        lambda asked: 3,
    ),
)  # fmt: skip
