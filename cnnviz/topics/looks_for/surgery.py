"""Channel surgery: a channel switched off or made stronger, or one tap of its kernel, and what follows from it.

The network runs as it is; only what a layer makes is changed on the way (`tracing`), so its weights stay untouched. A
gain of 1 changes nothing, to the bit; a convolution's channel at gain 0 is what the network would record with that
kernel's weights and bias at zero. What a channel is *for* does not follow from one image: other channels may say the
same, and then nothing changes (A. Morcos et al.: On the importance of single directions for generalization, 2018,
https://arxiv.org/abs/1803.06959).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from cnnviz import capture, devices, tracing
from cnnviz.capture.values import array, first_tensor
from cnnviz.records import Activations, Array
from cnnviz.records.proofs import Proof
from cnnviz.registry import unknown
from cnnviz.topics.looks_for.records import Cut, Operated


def operate(model: nn.Module, x: torch.Tensor, cuts: Sequence[Cut], layers: Sequence[str]) -> Operated:
    """What these layers and the output are with and without the cuts. x: [1, C, H, W] as the network wants it.

    Raises KeyError for a layer that did not run, ValueError for a channel or a tap that is none.
    """
    devices.tune_allocator()
    x = capture.as_wanted(model, x)
    with tracing.borrowed(model), torch.no_grad():
        plain, before = _ran(model, x, layers, None)
        if missing := [cut.layer for cut in cuts if cut.layer not in plain]:
            raise KeyError(unknown("layer", missing[0], list(plain)))
        changed, after = _ran(model, x, layers, _change(model, cuts))
    return Operated(
        tuple(cuts), {key: plain[key] for key in layers}, {key: changed[key] for key in layers}, before, after
    )  # fmt: skip


def reached(recording: Activations, layer: str) -> tuple[str, ...]:
    """The layers with maps or a vector that depend on this one, itself first, in the order in which they run."""
    found = {layer}
    for one in recording:
        if set(one.inputs) & found:
            found.add(one.key)
    return tuple(one.key for one in recording if one.key in found and one.values.ndim in (1, 3))


def mixing(recording: Activations, layer: str) -> str:
    """The first convolution after this one that reads its channels together, and so differs in many; else the next."""
    after = reached(recording, layer)
    for key in after[1:]:
        if recording[key].kind == "convolution" and "groups" not in recording[key].operation:
            return key
    return after[min(1, len(after) - 1)]


def kernel_of(model: nn.Module, recording: Activations, layer: str) -> tuple[int, int, int] | None:
    """(inputs, height, width) of the kernels that make this layer's channels; None where it is no convolution."""
    module = _convolution(model, recording[layer].module) if layer in recording else None
    if module is None:
        return None
    _, inputs, height, width = module.weight.shape
    return inputs, height, width


def weight(model: nn.Module, layer: str, cut: Cut) -> float:
    """The number that a cut's tap stands for."""
    module = _convolution(model, layer)
    assert module is not None
    assert cut.tap is not None
    return float(module.weight[(cut.channel, *cut.tap)])


def proof(model: nn.Module, x: torch.Tensor, found: Operated, claim: str) -> Proof | None:
    """The output once more, from a twin of the network whose weights were changed; None where a cut is of no weights.

    The twin shares all numbers with the network but the kernels that are cut, which it has for itself. claim: what the
    badge says. Only for convolutions without a normalisation inside.
    """
    if not all(_convolution(model, cut.layer) for cut in found.cuts):
        return None
    with tracing.borrowed(model), torch.no_grad():
        twin = tracing.copied(model, lambda value: value)
        for name in {cut.layer for cut in found.cuts}:
            _own(twin.get_submodule(name))
        for cut in found.cuts:
            _weaken(twin.get_submodule(cut.layer), cut)
        with tracing.untouched(twin):
            again = array(first_tensor(twin(capture.as_wanted(model, x).clone())))
    gap = float(np.abs(again.ravel() - found.outputs_after.ravel()).max())
    return Proof(claim, gap, 1e-4 * max(1.0, float(np.abs(again).max())))


def _own(convolution: nn.Module) -> None:
    """Weights and biases of its own, in place of those that it shares."""
    for name, value in convolution.named_parameters(recurse=False):
        setattr(convolution, name, nn.Parameter(value.clone(), value.requires_grad))


def _weaken(convolution: nn.Module, cut: Cut) -> None:
    weights, bias = convolution.get_parameter("weight"), getattr(convolution, "bias", None)
    if cut.tap is not None:
        weights[(cut.channel, *cut.tap)] *= cut.gain
        return
    weights[cut.channel] *= cut.gain
    if bias is not None:
        bias[cut.channel] *= cut.gain


def _ran(
    model: nn.Module, x: torch.Tensor, layers: Sequence[str], change: tracing.Change | None
) -> tuple[dict[str, Array], Array]:
    with tracing.watched(model, x, tracing.Options(change=change)) as (answer, run):
        steps = {step.key: step.output for step in run.steps}
        if missing := [key for key in layers if key not in steps]:
            raise KeyError(unknown("layer", missing[0], list(steps)))
        wanted = set(layers)
        values = {
            key: slot.value[0].detach().float().cpu().numpy().copy() if key in wanted else np.empty(0)
            for key, slot in steps.items()
        }
        return values, array(first_tensor(answer)).copy()


def _change(model: nn.Module, cuts: Sequence[Cut]) -> tracing.Change:
    """Later cuts of one layer act on what earlier ones left; taps come first, as they change the kernel itself."""

    def change(key: str, compute: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        own = [cut for cut in cuts if cut.layer == key and cut.gain != 1]
        taps = [cut for cut in own if cut.tap is not None]
        out = _with_taps(model, key, taps, args) if taps else compute()
        for cut in own:
            if cut.tap is None:
                if not 0 <= cut.channel < out.shape[1]:
                    raise ValueError(f"{key} has {out.shape[1]} channels; there is no channel {cut.channel}")
                out = out.clone()
                out[:, cut.channel] = out[:, cut.channel] * cut.gain if cut.gain else 0.0
        return out

    return change


def _with_taps(model: nn.Module, key: str, taps: Sequence[Cut], args: tuple[Any, ...]) -> torch.Tensor:
    module = _convolution(model, key)
    if module is None:
        raise ValueError(f"{key} is no convolution: it has no kernel to cut a tap of")
    own = copy.deepcopy(module)
    for cut in taps:
        place = (cut.channel, *(cut.tap or ()))
        if any(not 0 <= index < size for index, size in zip(place, own.weight.shape, strict=True)):
            raise ValueError(f"{key}'s kernels are {list(own.weight.shape)}; there is no tap {list(place)}")
        own.weight[place] *= cut.gain
    made: torch.Tensor = nn.Conv2d.forward(own, args[0])
    return made


def _convolution(model: nn.Module, name: str) -> nn.Conv2d | None:
    if not name or name not in dict(model.named_modules()):
        return None
    module = model.get_submodule(name)
    return module if isinstance(module, nn.Conv2d) else None
