"""Normalisation, folding and the two-feature gradient once more, by PyTorch in float64."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from cnnviz.records import Array
from cnnviz.records.proofs import Proof
from cnnviz.topics.batch_norm import feature_scaling, normalization
from cnnviz.topics.batch_norm import running as batch_norm_running
from cnnviz.topics.batch_norm.records import Folded, Normalised, Running, Surface, Trace

TIGHT = 1e-10  # float64, numbers of ordinary size


def training(step: Normalised, *, momentum: float = 0.1) -> tuple[Proof, Proof]:
    """y against torch's in training mode, and one update of running statistics that began at 0 and 1.

    functional.batch_norm refuses ε = 0 in training; the function under it, torch.batch_norm, computes it.
    """
    channels = step.x.shape[1]
    mean, variance = torch.zeros(channels, dtype=torch.float64), torch.ones(channels, dtype=torch.float64)
    given = (_t(step.x), _t(step.gamma), _t(step.beta), mean, variance)
    found = torch.batch_norm(*given, training=True, momentum=momentum, eps=step.eps, cudnn_enabled=False)
    ours = normalization.update(normalization.start(channels), step, momentum)
    moved = max(_far(ours.mean, mean), _far(ours.variance, variance))
    size = max(1.0, float(np.abs(ours.variance).max()))
    return (
        Proof("y, from the definition, equals torch.batch_norm(training=True)", _far(step.y, found), TIGHT),
        Proof("running mean and variance after this batch equal torch's", moved, TIGHT * size),
    )


def running(found: Trace, values: Array, *, momentum: float = 0.1) -> Proof:
    """The traced statistics after the last batch against an nn.BatchNorm1d's over the same batches of `values` [P]."""
    steps = len(found.batch_mean)
    layer = torch.nn.BatchNorm1d(1, momentum=momentum, dtype=torch.float64)
    for batch in batch_norm_running.cut_batches(values, found.batch_size, batches=steps):
        layer(_t(batch)[:, None])
    assert layer.running_mean is not None
    assert layer.running_var is not None
    place = found.momenta.index(momentum)
    gaps = _far(found.mean[place, -1:], layer.running_mean), _far(found.variance[place, -1:], layer.running_var)
    claim = f"running mean and variance after {steps} batches equal torch.nn.BatchNorm1d's (momentum {momentum:g})"
    return Proof(claim, max(gaps), TIGHT * max(1.0, found.data_variance))


def evaluating(step: Normalised, running: Running) -> Proof:
    """y against functional.batch_norm in eval mode."""
    found = functional.batch_norm(
        _t(step.x), _t(running.mean), _t(running.variance), _t(step.gamma), _t(step.beta), training=False, eps=step.eps
    )
    size = max(1.0, float(np.abs(step.y).max()))
    return Proof(
        "y, from the definition, equals torch.nn.functional.batch_norm(training=False)",
        _far(step.y, found),
        TIGHT * size,
    )


def relatives(x: Array, groups: Sequence[int], *, eps: float = normalization.EPS) -> tuple[Proof, ...]:
    """All four normalisations of x [N, C, …] without γ and β against torch's; GroupNorm for each number of groups."""
    given = _t(x)
    theirs = {
        "batch": functional.batch_norm(given, None, None, training=True, eps=eps),
        "layer": functional.layer_norm(given, given.shape[1:], eps=eps),
        "instance": functional.instance_norm(given, eps=eps),
    }
    proofs = [
        _same(f"{name}_norm", _far(normalization.by_name(name, x, eps=eps).y, found)) for name, found in theirs.items()
    ]
    gaps = [
        _far(normalization.group_norm(x, count, eps=eps).y, functional.group_norm(given, count, eps=eps))
        for count in groups
    ]
    return *proofs, _same("group_norm", max(gaps), f" for {', '.join(str(count) for count in groups)} groups")


def _same(name: str, gap: float, note: str = "") -> Proof:
    return Proof(f"{name} from the definition equals torch.nn.functional.{name}{note}", gap, TIGHT)


def folding(
    x: Array, folded: Folded, running: Running, affine: tuple[Array, Array], *, eps: float, settings: dict[str, Any]
) -> tuple[Array, Array, Proof]:
    """(convolution then BatchNorm, the folded convolution alone, their proof) on x [1, Cin, H, W], in float64.

    settings: stride, padding, dilation and groups, as functional.conv2d takes them.
    """
    gamma, beta = affine
    plain = functional.conv2d(_t(x), _t(folded.weight), _t(folded.bias), **settings)
    two = functional.batch_norm(
        plain, _t(running.mean), _t(running.variance), _t(gamma), _t(beta), training=False, eps=eps
    )
    one = functional.conv2d(_t(x), _t(folded.folded_weight), _t(folded.folded_bias), **settings)
    size = max(1.0, float(two.abs().max()))
    claim = "the folded convolution alone gives what convolution and BatchNorm gave (float64)"
    return two[0].numpy(), one[0].numpy(), Proof(claim, _far(two.numpy(), one), TIGHT * size)


def descent(found: Surface) -> tuple[Proof, Proof]:
    """The gradient at the start against autograd's, and a path against (I − ηH)ᵗ, the closed form of the same walk."""
    begin = found.paths[0, 0]
    weights = _t(begin).requires_grad_()
    error = functional.mse_loss(_t(found.features) @ weights, _t(found.target))
    (slope,) = torch.autograd.grad(error, weights)
    ours = feature_scaling.gradient(found.features, found.target, begin)
    middle = len(found.rates) // 2
    shrink = torch.eye(2, dtype=torch.float64) - float(found.rates[middle]) * _t(found.hessian)
    steps = found.paths.shape[1] - 1
    closed = _t(found.minimum) + torch.linalg.matrix_power(shrink, steps) @ _t(begin - found.minimum)
    size = max(1.0, float(np.abs(ours).max()))
    return (
        Proof("the gradient at the start equals autograd's", _far(ours, slope), TIGHT * size),
        Proof(
            f"the point after {steps} steps (middle learning rate) equals minimum + (I − ηH)^{steps}·(start − minimum)",
            _far(found.paths[middle, -1], closed),
            TIGHT * max(1.0, float(np.abs(begin).max())),
        ),
    )


def _t(values: Array) -> torch.Tensor:
    return torch.from_numpy(np.array(values, dtype=np.float64))


def _far(ours: Array, theirs: torch.Tensor) -> float:
    return float(np.abs(np.asarray(ours) - theirs.detach().numpy()).max())
