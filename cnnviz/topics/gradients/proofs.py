"""The gradients of a deep stack, by two other ways: a finite difference, and the chain rule written out in numpy."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from cnnviz.records.proofs import Proof
from cnnviz.topics.gradients import backpropagation, depth
from cnnviz.topics.gradients.depth import Batch
from cnnviz.topics.gradients.records import DepthStack

STEPS = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8)  # a curve or a kink asks for a small step, rounding for a large: the best counts


def finite_difference(stack: DepthStack, given: Batch) -> Proof:
    """(L(w + ε) − L(w − ε)) / 2ε for the layers' weight with the largest gradient, first start, against autograd."""
    matrices = depth.weights(stack, given, 0)
    found = _autograd(stack, matrices, given)
    layer = int(np.argmax([float(item.abs().max()) for item in found[:-1]]))
    place = int(found[layer].abs().argmax())
    true = float(found[layer].flatten()[place])
    differences = [abs(_difference(stack, matrices, given, (layer, place), step) - true) for step in STEPS]
    return Proof(
        f"the largest gradient of one weight, {true:.6g} in layer {layer + 1}: autograd against a finite difference",
        float(np.min(differences)),
        1e-5 * abs(true) + 1e-9,
    )


def chain_rule(stack: DepthStack, given: Batch) -> Proof | None:
    """Every weight's gradient by `topics.gradients.backpropagation`; None for what is not written out there.

    The difference is taken relative to each layer's largest gradient.
    """
    if stack.kind != "dense" or stack.batch_norm or stack.activation not in backpropagation.FUNCTIONS:
        return None
    matrices = depth.weights(stack, given, 0)
    found = _autograd(stack, matrices, given)
    written = backpropagation.backpropagation(
        given.images.flatten(1).numpy(), given.labels.numpy(), [item.numpy() for item in matrices],
        activation=stack.activation, skip=stack.skip,
    )  # fmt: skip
    apart = [
        float(np.abs(own - other.numpy()).max()) / (float(other.abs().max()) or 1.0)
        for own, other in zip(written.weight_gradients, found, strict=True)
    ]
    count = sum(item.numel() for item in found)
    claim = f"all {count:,} gradients: autograd against the chain rule written out in numpy, relative to each layer"
    return Proof(claim, max(apart), 1e-9)


def _autograd(stack: DepthStack, matrices: list[torch.Tensor], given: Batch) -> tuple[torch.Tensor, ...]:
    with torch.enable_grad():
        leaves = [item.detach().requires_grad_() for item in matrices]
        logits, _, _ = depth.forward(stack, leaves, depth.pictures(stack, given))
        return torch.autograd.grad(F.cross_entropy(logits, given.labels), leaves)


def _difference(
    stack: DepthStack, matrices: list[torch.Tensor], given: Batch, place: tuple[int, int], step: float
) -> float:
    losses = []
    for sign in (1, -1):
        moved = [item.clone() for item in matrices]
        moved[place[0]].view(-1)[place[1]] += sign * step
        with torch.no_grad():
            logits, _, _ = depth.forward(stack, moved, depth.pictures(stack, given))
            losses.append(float(F.cross_entropy(logits, given.labels)))
    return (losses[0] - losses[1]) / (2 * step)
