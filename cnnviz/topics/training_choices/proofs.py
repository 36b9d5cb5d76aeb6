"""The optimisers' definitions beside torch.optim, fed with the same gradients in float64."""

from __future__ import annotations

import torch

from cnnviz.records import Array
from cnnviz.records.proofs import Proof
from cnnviz.topics.training_choices import optimizers
from cnnviz.topics.training_choices.records import OptimizerPath

TOLERANCE = 1e-10


def against_torch(kind: str, start: Array, gradients: Array, *, lr: float, momentum: float = 0.0) -> Proof:
    """After each step: our weights against those of torch.optim.SGD or torch.optim.Adam."""
    ours = optimizers.descend(kind, start, gradients, lr=lr, momentum=momentum)
    name = "torch.optim.Adam" if kind == "adam" else "torch.optim.SGD"
    return Proof(
        f"{len(gradients)} steps of {ours.optimizer} from the definition against {name}",
        float(abs(ours.weights[1:] - _by_torch(ours, kind, lr=lr, momentum=momentum)).max()),
        TOLERANCE,
    )


def _by_torch(ours: OptimizerPath, kind: str, *, lr: float, momentum: float) -> Array:
    weight = torch.nn.Parameter(torch.from_numpy(ours.weights[0].copy()))
    optimizer: torch.optim.Optimizer = (
        torch.optim.Adam([weight], lr=lr, betas=optimizers.BETAS, eps=optimizers.EPSILON)
        if kind == "adam"
        else torch.optim.SGD([weight], lr=lr, momentum=momentum)
    )
    found = []
    for gradient in ours.gradients:
        weight.grad = torch.from_numpy(gradient.copy())
        optimizer.step()
        found.append(weight.detach().clone())
    result: Array = torch.stack(found).numpy()
    return result
