"""How large the gradient is in each layer of a deep stack: one backward pass through 2 to 50 equal layers, measured.

For a loss L and outputs h_1 … h_D of the layers,

    ‖∂L/∂h_(l−1)‖ ≤ max|φ′| · ‖W_l‖₂ · ‖∂L/∂h_l‖        (plus ‖∂L/∂h_l‖ with a skip),

so a stack of sigmoids (max σ′ = 1/4) whose matrices lengthen no vector loses at least a factor 4 a layer: 0.25^D.
Everything is float64: 0.25⁵⁰ squared is below what float32 can hold.

Bengio, Simard, Frasconi 1994, https://doi.org/10.1109/72.279181; Glorot and Bengio 2010,
https://proceedings.mlr.press/v9/glorot10a; He et al. 2015, https://arxiv.org/abs/1502.01852.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnviz import datasets
from cnnviz.records.activations import Array
from cnnviz.topics.gradients import spreads
from cnnviz.topics.gradients.records import Depth, DepthStack
from cnnviz.training.augmentation import subset

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "ReLU": torch.relu,
    "leaky ReLU": F.leaky_relu,
    "ELU": F.elu,
    "SELU": F.selu,
    "GELU": F.gelu,
    "SiLU": F.silu,
    "softplus": F.softplus,
    "hard-swish": F.hardswish,
    "identity": lambda z: z * 1.0,
}
INITIALISERS: dict[str, Callable[..., Tensor]] = {
    "zeros": lambda weight, generator: nn.init.zeros_(weight),
    "small normal": lambda weight, generator: nn.init.normal_(weight, std=0.01, generator=generator),
    "N(0, 1)": lambda weight, generator: nn.init.normal_(weight, generator=generator),
    "Xavier": lambda weight, generator: nn.init.xavier_normal_(weight, generator=generator),
    "He": lambda weight, generator: nn.init.kaiming_normal_(weight, nonlinearity="relu", generator=generator),
    "orthogonal": lambda weight, generator: nn.init.orthogonal_(weight, generator=generator),
}
SIDE = 14  # pixels: what a convolutional stack looks at, so that 20 layers answer at once
FLAT = 0.05  # of the largest slope


@dataclass(frozen=True, eq=False)
class Batch:
    """images: [N, C, H, W] float64, normalised. labels: [N]. title: what they are."""

    images: Tensor
    labels: Tensor
    classes: int
    title: str

    @property
    def count(self) -> int:
        """How many images."""
        return len(self.labels)


def batch(dataset: str, count: int = 64, *, seed: int = 0) -> Batch:
    """The first images of a seeded shuffle of the training split. Raises datasets.DatasetError, KeyError."""
    data, info = datasets.load(dataset), datasets.info(dataset)
    images, labels = subset(data.images, data.labels, count=count, seed=seed)
    mean, std = (torch.tensor(values, dtype=torch.float64).view(-1, 1, 1) for values in (info.mean, info.std))
    title = f"{len(labels)} images of {info.title}"
    return Batch((images.double() / 255 - mean) / std, labels, len(info.classes), title)


def weights(stack: DepthStack, given: Batch, seed: int) -> list[Tensor]:
    """W of every layer, from the image on, then the read-out's, float64, initialised from that seed."""
    generator = torch.Generator().manual_seed(seed)
    made = [torch.empty(shape, dtype=torch.float64) for shape in _shapes(stack, given)]
    for weight in made:
        INITIALISERS[stack.initialisation](weight, generator=generator)
    return made


def pictures(stack: DepthStack, given: Batch) -> Tensor:
    """What the first layer gets: [N, C·H·W], or [N, C, 14, 14] by area averaging for convolutions."""
    if stack.kind == "dense":
        return given.images.flatten(1)
    return F.adaptive_avg_pool2d(given.images, SIDE) if given.images.shape[2] > SIDE else given.images


def forward(stack: DepthStack, matrices: list[Tensor], x: Tensor) -> tuple[Tensor, list[Tensor], list[Tensor]]:
    """(logits [N, classes], z of every layer, h of every layer)."""
    activation, sums, outputs, h = ACTIVATIONS[stack.activation], [], [], x
    for weight in matrices[:-1]:
        z = F.linear(h, weight) if stack.kind == "dense" else F.conv2d(h, weight, padding=1)
        if stack.batch_norm:
            z = F.batch_norm(z, None, None, training=True)
        y = activation(z)
        h = y + h if stack.skip and y.shape == h.shape else y
        sums.append(z)
        outputs.append(h)
    return F.linear(h if h.dim() == 2 else h.mean((2, 3)), matrices[-1]), sums, outputs


def measure(stack: DepthStack, given: Batch, *, seeds: int = 3) -> Depth:
    """Gradient norms and distributions of `seeds` random starts, seed 0 first; histograms are of the first."""
    since = time.perf_counter()
    passes = [_pass(stack, weights(stack, given, seed), given) for seed in range(seeds)]
    return _record(stack, given, passes, since=since)


def train(stack: DepthStack, given: Batch, *, steps: int = 60, lr: float = 0.1, frames: int = 13) -> Iterator[Depth]:
    """The same stack before training and along plain gradient descent on this one batch, one start.

    Frames lie at the whole steps nearest to a geometric series. Ends early where a weight is no longer finite.
    """
    matrices = weights(stack, given, 0)
    wanted = {0, *(round(float(step)) for step in np.geomspace(1, steps, frames - 1))}
    for step in range(steps + 1):
        since = time.perf_counter()
        found = _pass(stack, matrices, given)
        if step in wanted:
            yield replace(_record(stack, given, [found], since=since), step=step)
        matrices = [weight - lr * change for weight, change in zip(matrices, found.weight_gradients, strict=True)]
        if not all(bool(torch.isfinite(weight).all()) for weight in matrices):
            return


@functools.lru_cache(maxsize=len(ACTIVATIONS))
def steepest(activation: str) -> float:
    """The largest |φ′|, by autograd on 200,001 places from −10 to 10 and beside the kink at zero."""
    z = torch.cat([torch.linspace(-10, 10, 200_001, dtype=torch.float64), torch.tensor([-1e-12, 0.0, 1e-12])])
    return float(_slopes(activation, z).abs().max())


@dataclass(frozen=True, eq=False)
class _Pass:
    weights: list[Tensor]
    sums: list[Tensor]
    outputs: list[Tensor]
    weight_gradients: tuple[Tensor, ...]
    output_gradients: tuple[Tensor, ...]
    loss: float


def _pass(stack: DepthStack, matrices: list[Tensor], given: Batch) -> _Pass:
    """One forward and one backward pass."""
    with torch.enable_grad():
        leaves = [weight.detach().requires_grad_() for weight in matrices]
        logits, sums, outputs = forward(stack, leaves, pictures(stack, given))
        loss = F.cross_entropy(logits, given.labels)
        found = torch.autograd.grad(loss, [*leaves, *outputs])
    leaves, sums, outputs = ([item.detach() for item in items] for items in (leaves, sums, outputs))
    return _Pass(leaves, sums, outputs, found[: len(leaves)], found[len(leaves) :], float(loss.detach()))


def _record(stack: DepthStack, given: Batch, passes: list[_Pass], *, since: float) -> Depth:
    first = passes[0]
    output_gradients = _norms([item.output_gradients for item in passes])
    bound, weighed = _bounds(stack, first, float(output_gradients[0, -1]))
    outputs = [h.flatten().numpy() for h in first.outputs]
    return Depth(
        stack=stack,
        data=given.title,
        weight_gradients=_norms([item.weight_gradients for item in passes]),
        activation_gradients=output_gradients,
        mean=_each(passes, lambda h, _: h.mean()),
        std=_each(passes, lambda h, _: h.std(correction=0)),
        zeros=_each(passes, lambda h, _: (h == 0).double().mean()),
        flat=_each(passes, lambda _, z: _flat(stack.activation, z)),
        activations=spreads.histograms(outputs),
        gradients=spreads.histograms([item.flatten().numpy() for item in first.weight_gradients[:-1]]),
        strip=spreads.strip(outputs),
        slope=steepest(stack.activation),
        bound=bound,
        weighed_bound=weighed,
        losses=np.array([item.loss for item in passes]),
        seconds=time.perf_counter() - since,
    )


def _norms(rows: list[tuple[Tensor, ...]]) -> Array:
    return np.array([[float(torch.linalg.vector_norm(item)) for item in row] for row in rows])


def _each(passes: list[_Pass], number: Callable[[Tensor, Tensor], Tensor]) -> Array:
    return np.array([[float(number(h, z)) for h, z in zip(one.outputs, one.sums, strict=True)] for one in passes])


def _flat(activation: str, z: Tensor) -> Tensor:
    return (_slopes(activation, z).abs() < FLAT * steepest(activation)).double().mean()


def _slopes(activation: str, z: Tensor) -> Tensor:
    with torch.enable_grad():
        place = z.detach().requires_grad_()
        return torch.autograd.grad(ACTIVATIONS[activation](place).sum(), place)[0]


def _bounds(stack: DepthStack, first: _Pass, last: float) -> tuple[Array, Array]:
    """(slope only, slope and ‖W‖₂), [L] each, from the last layer's gradient back to the first layer's."""
    slope, layers = steepest(stack.activation), len(first.outputs)
    bound = last * slope ** np.arange(layers - 1, -1, -1.0)
    if stack.batch_norm:
        return bound, np.empty(0)  # its Jacobian divides by the batch's own deviation: no bound without it
    factors = [slope * norm(weight, first.outputs[0].shape[-1]) + stack.skip for weight in first.weights[1:-1]]
    with np.errstate(over="ignore", invalid="ignore"):
        return bound, last * np.cumprod([1.0, *reversed(factors)])[::-1]


def norm(weight: Tensor, side: int) -> float:
    """How much a layer lengthens a vector at most: ‖W‖₂ [K, K'], or a bound for a 3 × 3 convolution with zeros around.

    A convolution of [side, side] with one row of zeros around equals the middle of a circular one on side + 2 cells,
    which a Fourier transform takes apart: its norm is the largest ‖·‖₂ of any frequency's matrix (Sedghi, Gupta,
    Long 2019, https://arxiv.org/abs/1805.10408). Cutting the middle out can only shorten.
    """
    if not bool(torch.isfinite(weight).all()):
        return float("inf")
    if weight.dim() == 2:
        return float(torch.linalg.matrix_norm(weight, ord=2))
    spectrum = torch.fft.rfft2(weight, s=(side + 2, side + 2)).permute(2, 3, 0, 1)
    squares = torch.linalg.eigvalsh(spectrum.mH @ spectrum)
    return float(squares.max().clamp(min=0).sqrt())


def _shapes(stack: DepthStack, given: Batch) -> list[tuple[int, ...]]:
    x = pictures(stack, given)
    tail = () if stack.kind == "dense" else (3, 3)
    first = (stack.width, x.shape[1], *tail)
    return [first, *[(stack.width, stack.width, *tail)] * (stack.depth - 1), (given.classes, stack.width)]
