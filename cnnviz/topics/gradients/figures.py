"""Gradients through depth: the packet for the browser's curves, a table and the snippet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import NotRequired, TypedDict

import numpy as np

from cnnviz.figures.numbers import four_digits, on_log_scale
from cnnviz.topics.gradients.records import Depth, DepthStack, Histograms, Strip

COLUMNS = ("mean", "std", "zeros", "flat")
CURVES = ("weight_gradients", "activation_gradients")


class GradientCurves(TypedDict):
    """Median, smallest and largest over the starts of each layer: [3][L]; a word for what has no logarithm."""

    seeds: int
    weight_gradients: list[list[float | str]]
    activation_gradients: list[list[float | str]]


class StripHeader(TypedDict):
    """The axis of the strip of histograms. least: what is smaller is rounding left of a zero."""

    scale: str
    edges: list[float]
    least: float


class DepthFrame(GradientCurves):
    """One setting, or one moment of its training. names: of a real network's layers."""

    label: str
    step: int
    loss: float | str
    bound: list[float | str]
    weighed: list[float | str]
    columns: dict[str, list[float | str]]
    strip: StripHeader
    ranges: list[list[list[float]]]
    names: NotRequired[list[str]]


class PastCurves(GradientCurves):
    """An older setting, curves only."""

    label: str


class DepthCurvesPacket(TypedDict):
    """For the component depth_curves, with the bars beside it."""

    frames: list[DepthFrame]
    past: list[PastCurves]
    bins: int


def packet(frames: Sequence[Depth], past: Sequence[Depth] = ()) -> tuple[DepthCurvesPacket, bytes]:
    """(header, blob) for the component `depth_curves`.

    header: {"frames": [a setting, or the same one along its training], "past": [older settings, curves only]}. What is
    not a number that a logarithm takes travels as a word: "zero", "infinite", "undefined". The blob holds for each
    frame the strip's shares [L, B], then the histograms of the outputs and of the gradients; uint8, 255 is the most.
    """
    header: DepthCurvesPacket = {
        "frames": [_frame(frame) for frame in frames],
        "past": [{**_curves(item), "label": item.stack.label} for item in past],
        "bins": frames[0].strip.shares.shape[1],
    }
    return header, b"".join(bars(frame.strip, frame.activations, frame.gradients) for frame in frames)


def per_layer(found: Depth) -> float:
    """The factor by which ‖∂L/∂h‖ changes per layer towards the input: a straight line through its logarithms."""
    norms = found.middle("activation_gradients")
    there = np.flatnonzero(np.isfinite(norms) & (norms > 0))
    if len(there) < 2:
        return float("nan")
    return float(np.exp(-np.polyfit(there, np.log(norms[there]), 1)[0]))


def table(found: Depth) -> str:
    """CSV, one line a layer: every number of every start's median."""
    target = io.StringIO()
    names = (*CURVES, *COLUMNS)
    writer = csv.writer(target)
    writer.writerow(["layer", *names, "bound"])
    columns = [found.middle(name) for name in names]
    for layer in range(found.stack.depth):
        writer.writerow([layer + 1, *(f"{column[layer]:.6g}" for column in columns), f"{found.bound[layer]:.6g}"])
    return target.getvalue()


ACTIVATION_CODE = {
    "sigmoid": "torch.sigmoid", "tanh": "torch.tanh", "ReLU": "torch.relu", "leaky ReLU": "F.leaky_relu",
    "ELU": "F.elu", "SELU": "F.selu", "GELU": "F.gelu", "SiLU": "F.silu", "softplus": "F.softplus",
    "hard-swish": "F.hardswish", "identity": "(lambda z: z * 1.0)",
}  # fmt: skip
INITIALISER_CODE = {
    "zeros": "torch.nn.init.zeros_(weight)",
    "small normal": "torch.nn.init.normal_(weight, std=0.01, generator=chance)",
    "N(0, 1)": "torch.nn.init.normal_(weight, generator=chance)",
    "Xavier": "torch.nn.init.xavier_normal_(weight, generator=chance)",
    "He": 'torch.nn.init.kaiming_normal_(weight, nonlinearity="relu", generator=chance)',
    "orthogonal": "torch.nn.init.orthogonal_(weight, generator=chance)",
}  # fmt: skip


def snippet(stack: DepthStack, dataset: str, count: int) -> str:
    """Plain PyTorch that measures the first start; `norms` then holds ‖∂loss/∂W‖ of every layer and the read-out."""
    conv = stack.kind == "convolution"
    tail = ", 3, 3" if conv else ""
    shrink = "F.adaptive_avg_pool2d(x, 14) if x.shape[2] > 14 else x" if conv else "x.flatten(1)"
    lines = [
        "import torch",
        "import torch.nn.functional as F",
        "from cnnviz import datasets",
        "from cnnviz.training.augmentation import subset",
        "",
        f"data, info = datasets.load({dataset!r}), datasets.info({dataset!r})",
        f"images, labels = subset(data.images, data.labels, count={count}, seed=0)",
        "mean, std = (torch.tensor(v, dtype=torch.float64).view(-1, 1, 1) for v in (info.mean, info.std))",
        "x = (images.double() / 255 - mean) / std",
        f"h = {shrink}",
        f"shapes = [({stack.width}, h.shape[1]{tail})] + [({stack.width}, {stack.width}{tail})] * {stack.depth - 1}",
        f"shapes += [(len(info.classes), {stack.width})]",
        "chance = torch.Generator().manual_seed(0)",
        "weights = [torch.empty(shape, dtype=torch.float64) for shape in shapes]",
        "for weight in weights:",
        f"    {INITIALISER_CODE[stack.initialisation]}.requires_grad_()",
        "for weight in weights[:-1]:",
        f"    z = {'F.conv2d(h, weight, padding=1)' if conv else 'F.linear(h, weight)'}",
        *(["    z = F.batch_norm(z, None, None, training=True)"] if stack.batch_norm else []),
        f"    y = {ACTIVATION_CODE[stack.activation]}(z)",
        f"    h = {'y + h if y.shape == h.shape else y' if stack.skip else 'y'}",
        f"loss = F.cross_entropy(F.linear({'h.mean((2, 3))' if conv else 'h'}, weights[-1]), labels)",
        "norms = [gradient.norm().item() for gradient in torch.autograd.grad(loss, weights)]",
        "for layer, norm in enumerate(norms, start=1):",
        '    print(f"layer {layer}: {norm:.3e}")',
    ]
    return "\n".join(lines)


def _frame(found: Depth) -> DepthFrame:
    return {
        **_curves(found),
        "label": found.stack.label,
        "step": found.step,
        "loss": on_log_scale([float(np.median(found.losses))])[0],
        "bound": on_log_scale(found.bound),
        "weighed": on_log_scale(found.weighed_bound),
        "columns": {name: on_log_scale(found.middle(name), zero=False) for name in COLUMNS},
        "strip": strip_header(found.strip),
        "ranges": ranges(found.activations, found.gradients),
    }


def _curves(found: Depth) -> GradientCurves:
    """Median, smallest and largest over the starts, of both kinds of gradient; without the read-out's."""
    both: dict[str, list[list[float | str]]] = {}
    for name in CURVES:
        values = getattr(found, name)[:, : found.stack.depth]
        with np.errstate(invalid="ignore"):
            both[name] = [
                on_log_scale(row) for row in (np.median(values, axis=0), values.min(axis=0), values.max(axis=0))
            ]
    weights, activations = (both[name] for name in CURVES)
    return {"seeds": found.seeds, "weight_gradients": weights, "activation_gradients": activations}


def strip_header(strip: Strip) -> StripHeader:
    """Scale and edges; least: what is smaller is rounding left of a zero."""
    least = 1e-3 * strip.unit if strip.scale != "linear" else 1e-9 * float(np.abs(strip.edges).max())
    return {"scale": strip.scale, "edges": [four_digits(edge) for edge in strip.edges], "least": four_digits(least)}


def ranges(*both: Histograms) -> list[list[list[float]]]:
    """[lowest, highest] of each layer, for the outputs and for the gradients."""
    return [[[four_digits(row[0]), four_digits(row[-1])] for row in item.edges] for item in both]


def bars(strip: Strip, *both: Histograms) -> bytes:
    """The strip's shares (their square roots: thin tails are seen beside a peak), then both kinds of histogram."""
    shares = np.sqrt(strip.shares / max(strip.shares.max(), 1e-12))
    parts = [shares, *(item.counts / np.maximum(item.counts.max(axis=1, keepdims=True), 1) for item in both)]
    return np.rint(255 * np.stack(parts)).astype(np.uint8).tobytes()
