"""BatchNorm inside a trained network: what its layers hold, what they meet, and what the wrong mode does.

Whatever needs training mode or other modules works on a copy: the shared network keeps its buffers and its mode.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from cnnviz import capture, outputs, samples
from cnnviz.capture import values
from cnnviz.images import to_picture, to_tensor
from cnnviz.operations import OperationError
from cnnviz.outputs.chances import distribution
from cnnviz.outputs.tensors import main
from cnnviz.records import Activations, Array, Layer, Spec
from cnnviz.records.outputs import OutputReading
from cnnviz.records.proofs import Proof
from cnnviz.topics.batch_norm import folding, normalization
from cnnviz.topics.batch_norm.records import BatchNormLayer, Folded, FoldedNetwork, Prediction, Running, Shifted

BINS = 48
AMOUNTS = {
    "brightness": (-0.4, -0.25, -0.1, 0.0, 0.1, 0.25, 0.4),  # added to pixels in [0, 1]
    "contrast": (0.15, 0.3, 0.6, 1.0, 1.5, 2.5, 4.0),  # distance from the image's mean, multiplied
}
NO_CHANGE = {"brightness": 0.0, "contrast": 1.0}


# ------------------------------------------------------------------------------------------------ the layers
def keys(model: nn.Module, recording: Activations) -> tuple[str, ...]:
    """The recorded BatchNorm layers that keep statistics, in the order in which they ran."""
    return tuple(layer.key for layer in recording if _norm(model, layer) is not None and layer.inputs)


def layer(model: nn.Module, recording: Activations, key: str) -> BatchNormLayer:
    """What it holds, and the values before and after it on the recorded image. Raises KeyError for no BatchNorm."""
    node = recording[key]
    norm = _norm(model, node)
    if norm is None or not node.inputs:
        raise KeyError(f"{key} is no BatchNorm layer; there are: {', '.join(keys(model, recording)) or 'none'}")
    before, after = (_rows(values) for values in (recording[node.inputs[0]].values, node.values))
    stored, (gamma, beta) = statistics(norm), affine(norm)
    return BatchNormLayer(
        key, node.module, node.shape, norm.eps, norm.momentum, stored.mean, stored.variance, gamma, beta,
        before.mean(1), before.var(1), after.mean(1), after.var(1), *_histograms(before), *_histograms(after),
    )  # fmt: skip


def statistics(norm: _BatchNorm) -> Running:
    """The stored mean and variance, copied, float64."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    return Running(_array(norm.running_mean), _array(norm.running_var))


def affine(norm: _BatchNorm) -> tuple[Array, Array]:
    """(γ, β), [C] float64; ones and zeros where the layer learns none."""
    channels = norm.num_features
    gamma = np.ones(channels) if norm.weight is None else _array(norm.weight)
    return gamma, np.zeros(channels) if norm.bias is None else _array(norm.bias)


def stored(found: BatchNormLayer) -> Running:
    """The layer's running statistics as the operations take them."""
    return Running(found.stored_mean, found.stored_variance)


def proof(recording: Activations, found: BatchNormLayer) -> Proof:
    """What the definition makes of the layer's recorded input, against its recorded output."""
    node = recording[found.key]
    before = recording[node.inputs[0]].values[None].astype(np.float64)
    step = normalization.batch_norm_eval(before, stored(found), found.gamma, found.beta, eps=found.eps)
    gap = float(np.abs(step.y[0] - node.values).max())
    claim = (
        "γ · (x − running mean)/√(running variance + ε) + β, in float64, equals what the network recorded in float32"
    )
    return Proof(claim, gap, 1e-5 * max(1.0, float(np.abs(node.values).max())))


def _norm(model: nn.Module, node: Layer) -> _BatchNorm | None:
    if node.kind != "normalization":
        return None
    found = model.get_submodule(node.module)
    return found if isinstance(found, _BatchNorm) and found.running_mean is not None else None


def _rows(values: Array) -> Array:
    return values.reshape(len(values), -1).astype(np.float64)


def _histograms(rows: Array) -> tuple[Array, Array]:
    """edges [C, B + 1] and counts [C, B] of each channel over its own range."""
    low, high = rows.min(1), rows.max(1)
    room = np.where(high > low, 0.0, 0.5)
    edges = np.linspace(low - room, high + room, BINS + 1, axis=1)
    place = (rows - edges[:, :1]) / (edges[:, -1:] - edges[:, :1]) * BINS
    place = np.clip(place.astype(int), 0, BINS - 1) + BINS * np.arange(len(rows))[:, None]
    return edges, np.bincount(place.ravel(), minlength=BINS * len(rows)).reshape(len(rows), BINS)


# ------------------------------------------------------------------------------------------------ the wrong mode
def wrong_mode(
    model: nn.Module, x: torch.Tensor, company: torch.Tensor, *, passes: int = 10, reading: OutputReading | None = None
) -> tuple[Prediction, ...]:
    """The image in eval mode; with BatchNorm in training mode, alone and in company; and eval after `passes` of that.

    x: [1, C, H, W]; company: [M, C, H, W], other images. Only BatchNorm's mode changes: dropout stays off, so that
    the difference is BatchNorm's. Everything runs on copies. reading: of the output (default: one of classes).
    """
    reading = reading or outputs.unnamed(capture.activations(model, x))
    right = Prediction("eval mode: stored statistics", _said(capture.logits(model, x), reading))
    with capture.borrowed(model):
        other = copy.deepcopy(model)
    _train(other)
    together = _ask(f"training mode, in a batch of {1 + len(company)}", other, torch.cat([x, company]), reading)
    with capture.borrowed(model):
        other = copy.deepcopy(model)
    _train(other)
    alone = _ask("training mode, this image alone", other, x, reading)
    if alone.probabilities is not None:
        for _ in range(passes - 1):
            _ask("", other, x, reading)
    after = _ask(f"eval mode again, after {passes} such passes", other.eval(), x, reading, passes=passes)
    return right, alone, together, after


def company(spec: Spec, *, without: str = "", count: int = 7) -> torch.Tensor:
    """[count, C, H, W]: samples as this network sees them, photos first, without the one of that name."""
    others = [item.name for item in samples.names() if item.name != without][:count]
    return torch.cat([to_tensor(samples.read(name), spec) for name in others])


def shifted(
    model: nn.Module, x: torch.Tensor, spec: Spec, *, kind: str, reading: OutputReading | None = None
) -> Shifted:
    """Predictions for the image made darker and brighter, or flatter and stronger, with stored and own statistics.

    kind: one of AMOUNTS. What leaves [0, 1] is clipped, as a camera does. With its own statistics each image is a
    batch of one in training mode. reading: of the output (default: as the Spec says it).
    """
    if kind not in AMOUNTS:
        raise OperationError(f"There is no change named {kind!r}: choose {' or '.join(AMOUNTS)}.")
    reading = reading or outputs.of(capture.activations(model, x), spec)
    mean, std = (torch.tensor(values).view(1, -1, 1, 1) for values in (spec.mean, spec.std))
    pixels = x * std + mean
    versions = [((_changed(pixels, kind, amount)).clamp(0, 1) - mean) / std for amount in AMOUNTS[kind]]
    stored = np.stack([_said(capture.logits(model, version), reading) for version in versions])
    with capture.borrowed(model):
        other = copy.deepcopy(model)
    _train(other)
    found = [_ask("", other, version, reading) for version in versions]
    own = [answer.probabilities for answer in found if answer.probabilities is not None]
    return Shifted(
        kind,
        AMOUNTS[kind],
        np.stack([to_picture(version, spec) for version in versions]),
        stored,
        np.stack(own) if len(own) == len(versions) else None,
        found[0].problem,
    )


def state(model: nn.Module) -> dict[str, torch.Tensor]:
    """A copy of every weight and buffer, to hold the model against later."""
    with capture.borrowed(model):
        return {name: values.detach().clone() for name, values in model.state_dict().items()}


def untouched(model: nn.Module, before: dict[str, torch.Tensor]) -> Proof:
    """The shared network now against a copy of its state: not one weight or running statistic may differ."""
    now = state(model)
    gaps = [float((now[name].double() - values.double()).abs().max()) for name, values in before.items()]
    training = sum(module.training for module in model.modules())
    claim = f"weights and buffers of the shared network after all of this; {training} of its modules in training mode"
    return Proof(claim, max(gaps, default=0.0), 0.0)


def _changed(pixels: torch.Tensor, kind: str, amount: float) -> torch.Tensor:
    middle = pixels.mean()
    return pixels + amount if kind == "brightness" else middle + amount * (pixels - middle)


def _train(model: nn.Module) -> None:
    model.eval()
    for module in model.modules():
        if isinstance(module, _BatchNorm):
            module.train()


def _ask(name: str, model: nn.Module, x: torch.Tensor, reading: OutputReading, *, passes: int = 0) -> Prediction:
    """What it says of the first image; its own words where it cannot run in this mode."""
    try:
        with torch.inference_mode():
            output = main(model(capture.as_wanted(model, x).clone()))
            logits = output.reshape(len(x), -1)[0].double().cpu().numpy()
    except ValueError as error:
        return Prediction(name, None, f"PyTorch refuses: {error}", passes)
    return Prediction(name, _said(logits, reading), "", passes)


def _said(logits: Array, reading: OutputReading) -> Array:
    return distribution(np.asarray(logits).ravel(), reading)


# ------------------------------------------------------------------------------------------------ folding
def pairs(model: nn.Module, recording: Activations) -> tuple[tuple[str, str], ...]:
    """(convolution, BatchNorm) by key, where the BatchNorm reads the convolution and nothing else does."""
    readers: dict[str, int] = {}
    for node in recording:
        for key in node.inputs:
            readers[key] = readers.get(key, 0) + 1
    found = ((recording[key].inputs[0], key) for key in keys(model, recording))
    return tuple((before, key) for before, key in found if _foldable(model, recording, before) and readers[before] == 1)


def _foldable(model: nn.Module, recording: Activations, key: str) -> bool:
    node = recording[key]
    if node.kind != "convolution" or not node.inputs or node.call:
        return False
    module = model.get_submodule(node.module)
    return isinstance(module, nn.Conv2d) and module.padding_mode == "zeros"


def folded(model: nn.Module, recording: Activations, pair: tuple[str, str]) -> Folded:
    """The pair as one convolution, in float64."""
    convolution, norm = _modules(model, recording, pair)
    bias = None if convolution.bias is None else _array(convolution.bias)
    return folding.fold((_array(convolution.weight), bias), statistics(norm), affine(norm), eps=norm.eps)


def settings(model: nn.Module, recording: Activations, pair: tuple[str, str]) -> dict[str, object]:
    """Stride, padding, dilation and groups of the pair's convolution, as functional.conv2d takes them."""
    convolution, _ = _modules(model, recording, pair)
    return {name: getattr(convolution, name) for name in ("stride", "padding", "dilation", "groups")}


def folded_network(
    model: nn.Module, recording: Activations, x: torch.Tensor, all_pairs: Sequence[tuple[str, str]], *, macs: int
) -> FoldedNetwork:
    """A copy of the network with every pair folded and no BatchNorm left at those places, on the same image."""
    with capture.borrowed(model):
        other = copy.deepcopy(model)
    for pair in all_pairs:
        convolution, _ = _modules(other, recording, pair)
        found = folded(model, recording, pair)
        with torch.no_grad():
            convolution.weight.copy_(torch.from_numpy(found.folded_weight))
            convolution.bias = nn.Parameter(torch.from_numpy(found.folded_bias).to(convolution.weight.dtype))
        other.set_submodule(recording[pair[1]].module, nn.Identity())
    with torch.inference_mode():
        logits = values.array(main(other(capture.as_wanted(other, x).clone())))
    saved = sum(recording[norm].values.size for _, norm in all_pairs)
    return FoldedNetwork(len(all_pairs), saved, macs, capture.logits(model, x), logits)


def whole_proof(found: FoldedNetwork) -> Proof:
    """The folded copy's logits against the network's, both in float32."""
    gap = float(np.abs(found.logits - found.folded_logits).max())
    size = max(1.0, float(np.abs(found.logits).max()))
    return Proof("logits of the network and of its folded copy (float32)", gap, 1e-4 * size)


def read_by(recording: Activations, pair: tuple[str, str]) -> Array:
    """[1, Cin, H, W] float64: what the pair's convolution reads on the recorded image."""
    array: Array = recording[recording[pair[0]].inputs[0]].values[None].astype(np.float64)
    return array


def _modules(model: nn.Module, recording: Activations, pair: tuple[str, str]) -> tuple[nn.Conv2d, _BatchNorm]:
    convolution = model.get_submodule(recording[pair[0]].module)
    norm = model.get_submodule(recording[pair[1]].module)
    assert isinstance(convolution, nn.Conv2d)
    assert isinstance(norm, _BatchNorm)
    return convolution, norm


def _array(values: torch.Tensor) -> Array:
    array: Array = values.detach().to("cpu", torch.float64).numpy().copy()
    return array
