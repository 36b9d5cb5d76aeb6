"""What a network looks like inside at one moment: norms, histograms, dead units, kernels, one image's maps and scores.

Nothing of the network is changed: evaluation mode for the one pass that is needed, and its own modes again afterwards.
What its activations do stands in `activity`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
import torch
from torch import nn

from cnnviz.records import Array
from cnnviz.records.inside import BINS, Inside
from cnnviz.training import activation_gradients, activity

LAYERS = 24  # layers, activations and norms that are shown, at most; spread evenly over deeper networks
Gradients = Mapping[str, torch.Tensor]  # by the parameter's name
Told = tuple[torch.Tensor, torch.Tensor]  # images [N, C, H, W], normalised, and their labels [N]
T = TypeVar("T")


def of(
    model: nn.Module,
    images: torch.Tensor,
    *,
    step: int,
    gradients: Gradients,
    before: Gradients | None = None,
    told: Told | None = None,
    confusion: Array | None = None,
) -> Inside:
    """A look inside. images: [N, C, H, W], normalised, where the model is; the first is the image at hand.

    gradients: of the loss. before: the parameters before the last step; None: what it changed is not known. told:
    images whose loss says which way the activations' values should go; None: that is not known.
    """
    return of_each(
        model, images, 1, step=step, gradients=gradients, before=before, told=told, confusion=confusion
    )[0]  # fmt: skip


def of_each(
    model: nn.Module,
    images: torch.Tensor,
    shown: int,
    *,
    step: int,
    gradients: Gradients,
    before: Gradients | None = None,
    told: Told | None = None,
    confusion: Array | None = None,
) -> tuple[Inside, ...]:
    """The same for the first `shown` images: maps and scores are each image's own, all else is measured once."""
    named, modules = dict(model.named_parameters()), dict(model.named_modules())
    layers = _layers(named)
    parameters = [[named[name].detach() for name in own] for own in layers.values()]
    gradient = [[gradients[name] for name in own if name in gradients] for own in layers.values()]
    changed = _changed(layers, named, before)
    found, outputs = activity.calls(model, images)
    chances = outputs[:shown].float().softmax(1).cpu().numpy()
    active = _few([call for call in found if call.kind == "activation"])
    counts, limits = _histograms([parameters, gradient])
    spread, reach = activity.spread(active)
    pulled = {} if told is None else activation_gradients.of(model, *(part[: activity.SPREAD] for part in told))
    slopes, steepest = activation_gradients.spread(pulled, [call.name for call in active])
    norms = _few([name for name, one in modules.items() if _tracks(one)])
    kernel_layer, kernels, kernel_gradients = _kernels(model, gradients, tuple(images.shape[1:]))
    drawn = activity.map_calls(found)
    first = Inside(
        step=step, looked=len(images), layers=tuple(layers),
        weights=_norms(parameters), gradients=_norms(gradient), updates=_norms(changed), counts=counts, limits=limits,
        activations=tuple(call.name for call in active),
        dead=np.array([activity.dead(call) for call in active], np.float32),
        saturated=np.array([activity.saturated(call) for call in active], np.float32), spread=spread, reach=reach,
        slopes=slopes, steepest=steepest,
        norms=tuple(norms), means=_of_norms(modules, norms, "mean"), deviations=_of_norms(modules, norms, "deviation"),
        kernel_layer=kernel_layer, kernels=kernels, kernel_gradients=kernel_gradients,
        map_layers=tuple(call.name for call in drawn), maps=(), scores=chances[0],
        confusion=np.zeros((0, 0), np.int64) if confusion is None else confusion,
    )  # fmt: skip
    return tuple(
        dataclasses.replace(first, maps=tuple(activity.map_of(call, place) for call in drawn), scores=chances[place])
        for place in range(shown)
    )


def gradients_of(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> Gradients:
    """Of the cross-entropy of these images, in evaluation mode, without touching any `.grad`."""
    names, parameters = zip(*model.named_parameters(), strict=True)
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.enable_grad():
            loss = nn.functional.cross_entropy(model(images).float(), labels)
            found = torch.autograd.grad(loss, parameters, allow_unused=True)
    finally:
        for module, mode in modes:
            module.training = mode
    return {name: one for name, one in zip(names, found, strict=True) if one is not None}


def _layers(named: Mapping[str, torch.Tensor]) -> dict[str, list[str]]:
    """Layer → the names of its parameters, of at most LAYERS layers."""
    found: dict[str, list[str]] = {}
    for name in named:
        found.setdefault(name.rpartition(".")[0] or "network", []).append(name)
    return {name: found[name] for name in _few(list(found))}


def _few(found: Sequence[T]) -> list[T]:
    """At most LAYERS of them, spread evenly, the first and the last among them."""
    if len(found) <= LAYERS:
        return list(found)
    return [found[round(place)] for place in np.linspace(0, len(found) - 1, LAYERS)]


def _changed(
    layers: Mapping[str, list[str]], named: Gradients, before: Gradients | None
) -> list[list[torch.Tensor]]:  # fmt: skip
    if before is None:
        return [[] for _ in layers]
    return [[named[name].detach() - before[name] for name in own if name in before] for own in layers.values()]


def _norms(groups: Sequence[Sequence[torch.Tensor]]) -> Array:
    """The Euclidean norm of each group together, all in one transfer; NaN for an empty one."""
    each = [torch.stack([torch.linalg.vector_norm(one.float()) for one in own]).norm() for own in groups if own]
    values = iter(torch.stack(each).tolist() if each else [])
    return np.array([next(values) if own else math.nan for own in groups], np.float32)


def _histograms(kinds: Sequence[Sequence[Sequence[torch.Tensor]]]) -> tuple[Array, Array]:
    counts = np.zeros((len(kinds), len(kinds[0]), BINS), np.int32)
    limits = np.zeros((len(kinds), len(kinds[0])), np.float32)
    for kind, groups in enumerate(kinds):
        for place, own in enumerate(groups):
            if own:
                together = torch.cat([one.detach().float().flatten() for one in own])
                counts[kind, place], limits[kind, place] = activity.histogram(together)
    return counts, limits


def _tracks(module: nn.Module) -> bool:
    return isinstance(module, nn.modules.batchnorm._BatchNorm) and module.running_mean is not None


def _of_norms(modules: Mapping[str, nn.Module], names: Sequence[str], what: str) -> Array:
    values = []
    for name in names:
        mean, variance = modules[name].running_mean, modules[name].running_var
        assert isinstance(mean, torch.Tensor)
        assert isinstance(variance, torch.Tensor)
        values.append(float(mean.square().mean().sqrt() if what == "mean" else variance.sqrt().mean()))
    return np.array(values, np.float32)


def _kernels(model: nn.Module, gradients: Gradients, shape: tuple[int, ...]) -> tuple[str, Array, Array]:
    """The first layer's kernels as images, and their gradients; of a linear layer on all pixels, its rows."""
    none = np.zeros((0, 1, 1, 1), np.float32)
    found = ((name, one) for name, one in model.named_modules() if isinstance(one, nn.Conv2d | nn.Linear))
    name, module = next(found, ("", None))
    if module is None:
        return "", none, none
    weight = module.weight.detach()[: activity.TILES].float().cpu()
    if isinstance(module, nn.Linear):
        if weight.shape[1] != math.prod(shape):
            return "", none, none
        weight = weight.reshape(-1, *shape)
    if weight.shape[1] not in (1, 3):
        weight = weight[:, :1]
    gradient = gradients.get(f"{name}.weight" if name else "weight")
    slope = torch.full_like(weight, math.nan)
    if gradient is not None:
        slope = (
            gradient[: activity.TILES].float().cpu().reshape(len(weight), -1, *weight.shape[2:])[:, : weight.shape[1]]
        )
    return name, np.ascontiguousarray(weight.numpy()), np.ascontiguousarray(slope.numpy())
