"""Dropout by PyTorch in float64: with the mask that PyTorch itself drew, and with the mask on the page by autograd."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn import functional

from cnnviz import own_dice
from cnnviz.records.proofs import Proof
from cnnviz.topics.dropout.masks import drop, keep
from cnnviz.topics.dropout.records import Convention

Array = np.ndarray
TOLERANCE = 1e-10


def proofs(x: Array, uniform: Array, probabilities: Sequence[float]) -> tuple[Proof, ...]:
    """For each p: the values and gradients under the page's mask, and F.dropout's own under the mask that it drew.

    x: [K] or [C, H, W]; uniform: the shape of x, or [C]. The differences are the largest over all p.
    """
    x = np.asarray(x, dtype=np.float64)
    channelwise = uniform.shape != x.shape
    tolerance = TOLERANCE * max(1.0, float(np.abs(x).max()))
    ours = np.array([_with_our_mask(x, uniform, p) for p in probabilities]).max(0)
    theirs = np.array([_with_their_mask(x, p, channelwise=channelwise) for p in probabilities]).max(0)
    name = "F.dropout2d" if channelwise else "F.dropout"
    over = f"at {len(probabilities)} values of p" if len(probabilities) > 1 else f"at p = {probabilities[0]:g}"
    return (
        Proof(f"both conventions under this mask {over}, against PyTorch", float(ours[0]), tolerance),
        Proof("the gradient's mask is this mask, scaled, against autograd", float(ours[1]), tolerance),
        Proof(f"{name} with the mask it drew itself (read off dropped ones)", float(theirs[0]), tolerance),
        Proof(f"the gradient through {name}, against m/(1−p)", float(theirs[1]), tolerance),
    )


def pytorch_mean(x: Array, p: float, *, masks: int = 10_000, seed: int = 0) -> Proof:
    """The mean of PyTorch's own F.dropout over so many masks, against x: within five standard deviations of chance.

    x: [K]. At p = 1 the mean is 0, not x: then the claim does not hold, as it should not.
    """
    rows = torch.tensor(np.broadcast_to(x, (masks, len(x))).copy(), dtype=torch.float64)
    with own_dice.drawn_from(seed):
        mean = functional.dropout(rows, p, training=True).mean(0).numpy()
    band = 5 * np.abs(x).max() * np.sqrt(p / ((1 - p) * masks)) if p < 1 else 0.0
    claim = f"the mean of {masks:,} outputs of F.dropout, against x (five standard deviations of chance: {band:.2g})"
    return Proof(claim, float(np.abs(mean - x).max()), float(band) + TOLERANCE)


def their_mask(x: Array, p: float, *, channelwise: bool = False) -> tuple[Array, Array, Array]:
    """F.dropout (or F.dropout2d) of ones and of x under one draw: (kept, output, gradient), the shape of x.

    `vmap(randomness="same")` makes PyTorch use one draw for both, so that the ones show which units it kept.
    """

    def layer(value: torch.Tensor) -> torch.Tensor:
        if channelwise:
            return functional.dropout2d(value[None], p, training=True)[0]
        return functional.dropout(value, p, training=True)

    given = torch.tensor(np.stack([np.ones_like(x), x]), dtype=torch.float64, requires_grad=True)
    ones, output = torch.func.vmap(layer, randomness="same")(given)
    (slope,) = torch.autograd.grad(output.sum(), given)
    return (ones != 0).numpy(), output.detach().numpy(), slope[1].numpy()


def _with_their_mask(x: Array, p: float, *, channelwise: bool) -> tuple[float, float]:
    kept, output, slope = their_mask(x, p, channelwise=channelwise)
    ours = drop(x, kept, p).upscale
    return _apart(output, ours.train), _apart(slope, ours.gradient)


def _with_our_mask(x: Array, uniform: Array, p: float) -> tuple[float, float]:
    dropped = drop(x, keep(uniform, p, x.shape), p)
    mask = torch.tensor(dropped.kept, dtype=torch.float64)
    pairs = [_by_torch(x, mask, p, way) for way in (dropped.upscale, dropped.downscale)]
    values, slopes = zip(*pairs, strict=True)
    return max(values), max(slopes)


def _by_torch(x: Array, mask: torch.Tensor, p: float, ours: Convention) -> tuple[float, float]:
    """Differences of values and of gradients, in training and when testing."""
    given = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    if ours.name == "upscale_in_train":
        train = given * 0.0 if p == 1 else given * mask / (1 - p)
        evaluated = functional.dropout(given, p, training=False)
    else:
        train, evaluated = given * mask, given * (1 - p)
    slope, always = (torch.autograd.grad(value.sum(), given)[0].numpy() for value in (train, evaluated))
    value = max(_apart(train.detach().numpy(), ours.train), _apart(evaluated.detach().numpy(), ours.evaluated))
    return value, max(_apart(slope, ours.gradient), _apart(always, ours.gradient_eval))


def _apart(one: Array, other: Array) -> float:
    return float(np.abs(one - other).max()) if one.shape == other.shape else float("nan")
