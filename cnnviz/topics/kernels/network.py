"""The kernels of a real network: its weights, their gradients on an image, their maps, their way through training."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from torch import nn
from torch.func import functional_call

from cnnviz import capture, checkpoints, runs
from cnnviz.operations import OperationError
from cnnviz.outputs.tensors import main
from cnnviz.plain_text import said_by
from cnnviz.records import Activations, Array, Layer, Spec
from cnnviz.topics.kernels import analysis, captions
from cnnviz.topics.kernels.records import Bank, History

CONVOLUTIONS = ("convolution", "transposed_convolution")
AIMS = ("score", "loss")
WITH_KERNELS = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)
OTHER_AXES = (nn.Conv1d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose3d)


# ------------------------------------------------------------------------------------------------ weights
def kinds(recording: Activations) -> tuple[str, ...]:
    """The kinds of layers that hold kernels here: convolutions, or linear layers where there is no convolution."""
    return CONVOLUTIONS if any(layer.kind in CONVOLUTIONS for layer in recording) else ("linear",)


def modules(model: nn.Module) -> tuple[str, ...]:
    """The modules that hold kernels, in order: convolutions over images, or linear layers where there are none."""
    named = dict(model.named_modules())
    found = [name for name, module in named.items() if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d))]
    return tuple(found or [name for name, module in named.items() if isinstance(module, nn.Linear)])


def bank(model: nn.Module, module: str, spec: Spec) -> Bank:
    """The kernels of that module. A linear layer that reads the whole input gives images of the input's shape.

    Raises: OperationError where the module holds no kernels over images; the sentence says what would.
    """
    try:
        part = model.get_submodule(module)
    except (AttributeError, RuntimeError):  # TorchScript gives no parts away
        part = None
    if isinstance(model, torch.jit.ScriptModule):
        raise OperationError("TorchScript gives its kernels away to nobody: bring the module that it was made from.")
    if not isinstance(part, WITH_KERNELS):
        axes = len(part.kernel_size) if isinstance(part, OTHER_AXES) else 2
        alone = not any(isinstance(one, WITH_KERNELS) for one in model.modules())
        known = {"packed": has_packed(model), "exported": _is_exported(model)}
        raise OperationError(captions.no_kernels(module, **known, axes=axes, alone=alone))
    groups = 1 if isinstance(part, nn.Linear) else part.groups
    with torch.no_grad():
        weights = part.weight.detach().to("cpu", torch.float32, copy=True).numpy()
    return Bank(module, _operation(part), arranged(weights, part, spec), groups, isinstance(part, nn.Linear))


def has_packed(model: nn.Module) -> bool:
    """Whether some of its layers compute in 8 bits, from weights that are packed where nothing reads them."""
    return any(map(_is_packed, model.modules()))


def _is_packed(part: nn.Module | None) -> bool:
    return ".quantized" in type(part).__module__ and hasattr(part, "_packed_params")


def _is_exported(model: nn.Module) -> bool:
    """Whether it is a program of torch.export, or a graph of torch.fx: functions on weights that lie beside them."""
    return isinstance(model, torch.fx.GraphModule)


def _operation(part: nn.Conv2d | nn.ConvTranspose2d | nn.Linear) -> str:
    if isinstance(part, nn.Linear):
        return f"Linear, {part.in_features} → {part.out_features}"
    height, width = part.kernel_size[0], part.kernel_size[1]
    groups = f", {part.groups} groups" if part.groups > 1 else ""
    return f"{type(part).__name__} {height}×{width}, {part.in_channels} → {part.out_channels}{groups}"


def arranged(weights: Array, part: nn.Module, spec: Spec) -> Array:
    """A module's weights, or their gradients, as [O, I, kh, kw], I being the inputs that one kernel reads."""
    if isinstance(part, nn.Linear):
        whole = weights.shape[1] == math.prod(spec.input_shape)
        return weights.reshape(len(weights), *(spec.input_shape if whole else (-1, 1, 1)))
    if isinstance(part, nn.ConvTranspose2d):
        inputs, outputs, *size = weights.shape
        grouped = weights.reshape(part.groups, inputs // part.groups, outputs, *size).swapaxes(1, 2)
        return np.ascontiguousarray(grouped).reshape(part.groups * outputs, inputs // part.groups, *size)
    return weights


# ------------------------------------------------------------------------------------------------ on an image
def gradient(
    model: nn.Module, x: torch.Tensor, module: str, spec: Spec, *, target: int, aim: str = "score"
) -> tuple[Array, float]:
    """(d value / d weight, [O, I, kh, kw] float32; the value) on one image x: [1, C, H, W].

    aim: "score", the value is the class's logit; "loss", it is the cross-entropy with that class as the right answer.
    The shared model is untouched: the weight that is differentiated is a copy.

    Raises: ValueError for another aim or a class that the network does not have.
    """
    if aim not in AIMS:
        raise ValueError(f"a gradient is of 'score' or of 'loss', not of {aim!r}")
    name, part = f"{module}.weight", model.get_submodule(module)
    with capture.borrowed(model), torch.enable_grad():
        weight = model.get_parameter(name).detach().clone().requires_grad_()
        output = functional_call(model, {name: weight}, (x.detach().to(weight.device, weight.dtype).clone(),))
        value = _value(output, target, aim)
        (found,) = torch.autograd.grad(value, weight)
    array = found.to("cpu", torch.float64 if found.dtype == torch.float64 else torch.float32).numpy()
    return arranged(array, part, spec), value.item()


def _value(output: Any, target: int, aim: str) -> torch.Tensor:
    logits = main(output).reshape(1, -1)
    if not 0 <= target < logits.shape[1]:
        raise ValueError(f"there is no class {target}: the network has {logits.shape[1]}, 0 to {logits.shape[1] - 1}")
    if aim == "score":
        return logits[0, target]
    return nn.functional.cross_entropy(logits, torch.tensor([target], device=logits.device))


def answered(recording: Activations, key: str) -> Layer:
    """What the layer's kernels answered: its own map, or the activation's after it, with a normalisation between.

    Only a chain with one reader each counts, so the channels stay those of the kernels.
    """
    readers: dict[str, list[Layer]] = {}
    for layer in recording:
        for source in layer.inputs:
            readers.setdefault(source, []).append(layer)
    at, last = recording[key], recording[key]
    while len(following := readers.get(at.key, [])) == 1 and following[0].kind in ("normalization", "activation"):
        at = following[0]
        if at.kind == "activation":
            return at
    return last


def silent(answer: Layer) -> Array:
    """Channels that say nothing on this image: every cell of the map has the same value. [O] bool."""
    flat = answer.values.reshape(len(answer.values), -1)
    return np.asarray(flat.min(axis=1) == flat.max(axis=1)) if flat.shape[1] > 1 else np.asarray(flat[:, 0] == 0)


# ------------------------------------------------------------------------------------------------ over a training run
def history(run_id: str, module: str, *, output: int | None = None) -> History:
    """One layer's kernels at every snapshot of a run and at its end. output: only that one, weights [T, 1, I, kh, kw].

    Raises: CheckpointError for a run that cannot be read or has no snapshots, OperationError for a module without
    kernels.
    """
    found = checkpoints.find(run_id)
    if not found.snapshots:
        raise checkpoints.CheckpointError(f"the run {run_id} kept no snapshots: start one with snapshots above 0")
    model, spec = checkpoints.load(run_id), checkpoints.spec(run_id)
    last = bank(model, module, spec)
    part, chosen = model.get_submodule(module), slice(None) if output is None else slice(output, output + 1)
    files = [found.path / checkpoints.snapshot_name(step) for step in found.snapshots]
    frames = [arranged(_tensor(file, f"{module}.weight", part), part, spec)[chosen] for file in files]
    steps, taken = found.snapshots, checkpoints.read_card(found.path).steps
    if found.finished and taken > steps[-1]:  # the last weights are a file of their own
        frames, steps = [*frames, last.weights[chosen]], (*steps, taken)
    weights = np.stack(frames)
    losses, accuracies = _at_steps(run_id, steps)
    return History(run_id, last, steps, weights, analysis.changes(weights), losses, accuracies)


def _tensor(file: object, name: str, part: nn.Module) -> Array:
    """One tensor of a snapshot, float32; nothing else of the file is read."""
    try:
        with safe_open(str(file), framework="pt") as opened:
            tensor = opened.get_tensor(name)
    except (OSError, SafetensorError) as error:
        raise checkpoints.CheckpointError(
            f"a snapshot cannot be read ({said_by(error)}): train the run again"
        ) from error
    wanted = part.get_parameter("weight").shape
    if tensor.shape != wanted:
        raise checkpoints.CheckpointError(f"a snapshot's {name} is {list(tensor.shape)} instead of {list(wanted)}")
    array: Array = tensor.to(torch.float32).numpy()
    return array


def _at_steps(run_id: str, steps: tuple[int, ...]) -> tuple[Array, Array]:
    """(losses, accuracies) of the training batches at those steps: the written line whose batches hold the step."""
    curves = runs.get(run_id).history()
    if not len(curves["step"]):
        return np.full(len(steps), np.nan), np.full(len(steps), np.nan)
    lines = np.minimum(np.searchsorted(curves["step"], np.maximum(steps, 1)), len(curves["step"]) - 1)
    return curves["loss"][lines], curves["accuracy"][lines]
