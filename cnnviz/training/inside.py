"""What a network looks like inside at one moment: norms, histograms, dead units, kernels, one image's maps and scores.

Nothing of the network is changed: evaluation mode for the one pass that is needed, and its own modes again afterwards.

A ReLU is dead (in the sense of Lu et al. 2019, "Dying ReLU and Initialization", https://arxiv.org/abs/1903.06733) where
it gives 0 for every image that was looked at; a tanh or sigmoid is saturated where its slope is below a tenth of its
steepest (Glorot and Bengio 2010).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import nn

from cnnviz.probes.entries import looking
from cnnviz.records import Array
from cnnviz.records.inside import BINS, Inside

TILES = 32  # kernels and maps of a layer that are shown, at most
LAYERS = 24  # layers, activations and norms that are shown, at most; spread evenly over deeper networks
SIDE = 48  # cells of a map, at most: a larger one is averaged down
RECTIFIERS = (nn.ReLU, nn.ReLU6)
SATURATING = {nn.Tanh: math.sqrt(0.9), nn.Sigmoid: math.sqrt(0.9)}  # |tanh|, and |2σ − 1|, where the slope is a tenth
ACTIVATIONS = (*RECTIFIERS, *SATURATING, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Hardswish)

Gradients = Mapping[str, torch.Tensor]  # by the parameter's name


def of(
    model: nn.Module,
    images: torch.Tensor,
    *,
    step: int,
    gradients: Gradients,
    before: Gradients | None = None,
    confusion: Array | None = None,
) -> Inside:
    """A look inside. images: [N, C, H, W], normalised, where the model is; the first is the image at hand.

    gradients: of the loss. before: the parameters before the last step; None: what it changed is not known.
    """
    named = dict(model.named_parameters())
    layers = _layers(named)
    parameters = [[named[name].detach() for name in own] for own in layers.values()]
    slopes = [[gradients[name] for name in own if name in gradients] for own in layers.values()]
    changed = _changed(layers, named, before)
    outputs, scores = _pass(model, images)
    active = [name for name, module in model.named_modules() if isinstance(module, ACTIVATIONS) and name in outputs]
    modules = dict(model.named_modules())
    counts, limits = _histograms([parameters, slopes])
    norms = _few([name for name, one in modules.items() if _tracks(one)])
    kernel_layer, kernels, kernel_gradients = _kernels(model, gradients, tuple(images.shape[1:]))
    shown = _map_layers(model, outputs, active)
    active = _few(active)
    return Inside(
        step=step, looked=len(images), layers=tuple(layers),
        weights=_norms(parameters), gradients=_norms(slopes), updates=_norms(changed), counts=counts, limits=limits,
        activations=tuple(active),
        dead=np.array([_dead(modules[name], outputs[name]) for name in active], np.float32),
        saturated=np.array([_saturated(modules[name], outputs[name]) for name in active], np.float32),
        norms=tuple(norms), means=_of_norms(modules, norms, "mean"), deviations=_of_norms(modules, norms, "deviation"),
        kernel_layer=kernel_layer, kernels=kernels, kernel_gradients=kernel_gradients,
        map_layers=tuple(shown), maps=tuple(_map(outputs[name]) for name in shown), scores=scores,
        confusion=np.zeros((0, 0), np.int64) if confusion is None else confusion,
    )  # fmt: skip


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


def _few(names: Sequence[str]) -> list[str]:
    """At most LAYERS of them, spread evenly, the first and the last among them."""
    if len(names) <= LAYERS:
        return list(names)
    return [names[round(place)] for place in np.linspace(0, len(names) - 1, LAYERS)]


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
            values = np.concatenate([one.float().cpu().numpy().ravel() for one in own] or [np.zeros(0, np.float32)])
            values = values[np.isfinite(values)]
            limit = float(np.abs(values).max(initial=0.0))
            limits[kind, place] = limit
            if limit > 0:
                counts[kind, place] = np.histogram(values, BINS, (-limit, limit))[0]
    return counts, limits


def _pass(model: nn.Module, images: torch.Tensor) -> tuple[dict[str, torch.Tensor], Array]:
    """Outputs of activations and convolutions by module, and the first image's scores [K]."""
    found: dict[str, torch.Tensor] = {}

    def keep(name: str) -> Callable[..., None]:
        def hook(_: nn.Module, __: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
            found[name] = output.clone()  # an activation in place may run over it

        return hook

    kinds: tuple[type[nn.Module], ...] = (*ACTIVATIONS, nn.Conv2d)
    wanted: list[tuple[str, nn.Module]] = [
        (name, one) for name, one in model.named_modules() if isinstance(one, kinds)
    ]  # fmt: skip
    hooks = [one.register_forward_hook(keep(name)) for name, one in wanted]
    try:
        with looking(model):
            scores = model(images)[0].float().softmax(0).cpu().numpy()
    finally:
        for hook in hooks:
            hook.remove()
    return found, scores


def _dead(module: nn.Module, output: torch.Tensor) -> float:
    """Share of units (channels of maps) of a ReLU that are 0 everywhere on every image; NaN for other activations."""
    if not isinstance(module, RECTIFIERS):
        return math.nan
    return float((output.flatten(2).amax((0, 2)) if output.ndim > 2 else output.amax(0)).eq(0).float().mean())


def _saturated(module: nn.Module, output: torch.Tensor) -> float:
    """Share of values where a tanh or sigmoid is flat; NaN for other activations."""
    bound = next((bound for kind, bound in SATURATING.items() if isinstance(module, kind)), None)
    if bound is None:
        return math.nan
    turned = 2 * output - 1 if isinstance(module, nn.Sigmoid) else output
    return float((turned.abs() > bound).float().mean())


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
    weight = module.weight.detach()[:TILES].float().cpu()
    if isinstance(module, nn.Linear):
        if weight.shape[1] != math.prod(shape):
            return "", none, none
        weight = weight.reshape(-1, *shape)
    if weight.shape[1] not in (1, 3):
        weight = weight[:, :1]
    gradient = gradients.get(f"{name}.weight" if name else "weight")
    slope = torch.full_like(weight, math.nan)
    if gradient is not None:
        slope = gradient[:TILES].float().cpu().reshape(len(weight), -1, *weight.shape[2:])[:, : weight.shape[1]]
    return name, np.ascontiguousarray(weight.numpy()), np.ascontiguousarray(slope.numpy())


def _map_layers(model: nn.Module, outputs: Gradients, active: Sequence[str]) -> list[str]:
    """The first and the last layer whose output is maps: activations, or convolutions where there are none."""
    maps = [name for name in active if outputs[name].ndim == 4]
    if not maps:
        maps = [name for name, one in model.named_modules() if isinstance(one, nn.Conv2d) and name in outputs]
    return list(dict.fromkeys([maps[0], maps[-1]])) if maps else []


def _map(output: torch.Tensor) -> Array:
    """[C, H, W] of the first image, at most TILES channels and SIDE cells a side."""
    one = output[:1, :TILES].float()
    if max(one.shape[2:]) > SIDE:
        one = nn.functional.adaptive_avg_pool2d(one, SIDE)
    return np.ascontiguousarray(one[0].cpu().numpy().astype(np.float32))
