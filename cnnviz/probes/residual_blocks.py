"""How much a residual block changes what goes through it: ‖F(x)‖ against ‖x‖."""

from __future__ import annotations

import torch
from torch import nn

from cnnviz.probes.entries import PROBES, seen


@PROBES.register("residual_to_input")
def residual_to_input(model: nn.Module, pictures: torch.Tensor) -> dict[str, float]:
    """‖F(x)‖ / ‖x‖ of every residual block, the mean over the images; x is what the shortcut carries.

    A residual block is a module that says `residual` and ends its branch in `norm2`; where its shortcut changes the
    size, x is what comes out of the shortcut. Networks without such blocks give nothing. He et al. 2015, "Deep
    Residual Learning", figure 7, finds the branches' responses to be small: a deep block changes little.
    """
    blocks = [(name, one) for name, one in model.named_modules() if getattr(one, "residual", False)]
    branches, carriers = [one.get_submodule("norm2") for _, one in blocks], [_carrier(one) for _, one in blocks]
    passed = seen(model, [*branches, *carriers], pictures)
    found = {}
    for i, (name, block) in enumerate(blocks):
        branch, (entered, left) = passed[i][1], passed[len(blocks) + i]
        x = entered if carriers[i] is block else left
        found[name] = float((branch.flatten(1).norm(dim=1) / x.flatten(1).norm(dim=1).clamp_min(1e-12)).mean())
    return found


def _carrier(block: nn.Module) -> nn.Module:
    """The shortcut where it is a module; the block itself, whose input it then is."""
    shortcut = getattr(block, "shortcut", None)
    return shortcut if isinstance(shortcut, nn.Module) else block
