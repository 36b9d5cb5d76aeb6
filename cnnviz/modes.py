"""Eval mode as a network's own code makes it, which is not always a flag on each module; and whether it is compiled."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

from torch import nn

from cnnviz import lazy_imports


def to_eval(model: nn.Module) -> nn.Module:
    """The model in eval mode. A program of torch.export has one mode and refuses to be asked: it gets the flags."""
    try:
        model.eval()
    except NotImplementedError:
        for module in model.modules():
            module.training = False
    return model


def to_mode(model: nn.Module, training: bool) -> nn.Module:
    """The model in training mode, or in eval mode, as its own code makes it; for torch.export's as in `to_eval`."""
    try:
        model.train(training)
    except NotImplementedError:
        for module in model.modules():
            module.training = training
    return model


def trains_otherwise(model: nn.Module) -> bool:
    """Whether one of its modules computes something else in training mode than in eval mode.

    Dropout of any kind that drops nothing (p = 0) does not, nor does a norm without running statistics. What `forward`
    itself calls with `training=self.training` is not seen here.
    """
    return any(_in_two_ways(module) or has_own_modes(module) for module in model.modules())


def _in_two_ways(module: nn.Module) -> bool:
    if isinstance(module, nn.modules.batchnorm._NormBase):
        return module.running_mean is not None
    if isinstance(module, nn.RReLU):
        return module.lower < module.upper
    if isinstance(module, nn.MultiheadAttention):
        return module.dropout > 0
    if "drop" in type(module).__name__.lower() or "StochasticDepth" in type(module).__name__:
        return any(bool(vars(module).get(name)) for name in ("p", "drop_prob", "drop_rate"))
    return False


def has_own_modes(module: nn.Module) -> bool:
    """Whether it does more than torch does when its mode changes (torchvision's feature extractors change graphs)."""
    kind: Any = type(module)
    return kind.train is not nn.Module.train or kind.eval is not nn.Module.eval or "train" in vars(module)


def is_compiled(modules: Iterable[nn.Module]) -> bool:
    """Whether one of these modules is a compiled one."""
    if not lazy_imports.has_compiler():
        return False
    kind = importlib.import_module("torch._dynamo").OptimizedModule
    return any(
        isinstance(module, kind) or getattr(module, "_compiled_call_impl", None) is not None for module in modules
    )
