"""A copy of a network, in eval mode, with its tensors changed on the way: without numbers, or in 64 bits."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from cnnviz.modes import to_eval
from cnnviz.tracing.belongings import Belongings


def copied(model: nn.Module, change: Callable[[torch.Tensor], torch.Tensor]) -> nn.Module:
    """A copy whose parameters, buffers and other tensors are what `change` makes of them; shared ones stay shared.

    Tensors that were computed (an older weight_norm keeps its weight so) are copied as numbers, which `copy.deepcopy`
    refuses. A copy may come back in training mode (torchvision's feature extractors do): it is put in eval mode.
    """
    memo: dict[int, Any] = {}
    for value in Belongings(model):
        made = change(value.detach())
        memo[id(value)] = nn.Parameter(made, value.requires_grad) if isinstance(value, nn.Parameter) else made
    return to_eval(copy.deepcopy(model, memo))
