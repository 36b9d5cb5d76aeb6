"""The registry of probes, and what several of them need."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator

import torch
from torch import nn

from cnnviz.registry import Registry

Probe = Callable[[nn.Module, torch.Tensor], dict[str, float]]

PROBES: Registry[Probe] = Registry("probe")


@contextlib.contextmanager
def looking(model: nn.Module) -> Iterator[None]:
    """Evaluation mode and no gradients inside; every module's own mode again afterwards, also after an exception."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode


def seen(model: nn.Module, modules: Iterable[nn.Module], pictures: torch.Tensor) -> list[tuple[torch.Tensor, ...]]:
    """(input, output) of each of the modules when the images go through the model, in evaluation mode.

    Both are clones: a ReLU that works in place would otherwise overwrite the recorded values.
    """
    wanted = list(modules)
    found: dict[nn.Module, tuple[torch.Tensor, ...]] = {}
    entered: dict[nn.Module, torch.Tensor] = {}

    def enter(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        entered[module] = inputs[0].clone()

    def leave(module: nn.Module, _: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        found[module] = entered[module], output.clone()

    hooks = [one.register_forward_pre_hook(enter) for one in wanted]
    hooks += [one.register_forward_hook(leave) for one in wanted]
    try:
        with looking(model):
            model(pictures)
    finally:
        for hook in hooks:
            hook.remove()
    return [found[one] for one in wanted]
