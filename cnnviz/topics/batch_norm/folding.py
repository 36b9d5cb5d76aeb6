"""BatchNorm in eval mode is a fixed scale and shift a channel; a convolution before it can do both itself.

    γ·(W∗x + b − μ)/√(σ² + ε) + β  =  (W·s)∗x + ((b − μ)·s + β),   s = γ/√(σ² + ε)

Jacob et al., Quantization and Training of Neural Networks (2018), section 3.2, https://arxiv.org/abs/1712.05877
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.topics.batch_norm.records import Folded, Running

Array = np.ndarray


def fold(
    convolution: tuple[Array, Array | None], running: Running, affine: tuple[Array, Array], *, eps: float
) -> Folded:
    """The one convolution. convolution: (weight [Cout, Cin, kh, kw], bias [Cout] or None); affine: (γ, β), [Cout] each.

    Raises OperationError where the numbers of channels do not agree.
    """
    weight = np.asarray(convolution[0], np.float64)
    bias = np.zeros(len(weight)) if convolution[1] is None else np.asarray(convolution[1], np.float64)
    gamma, beta = (np.asarray(values, np.float64) for values in affine)
    found = {len(bias), len(running.mean), len(running.variance), len(gamma), len(beta)}
    if found != {len(weight)}:
        raise OperationError(
            f"The convolution makes {len(weight)} channels, the BatchNorm holds {sorted(found)}: choose a pair."
        )
    scale = gamma / np.sqrt(np.asarray(running.variance, np.float64) + eps)
    return Folded(
        weight,
        bias,
        scale,
        weight * scale.reshape(-1, *[1] * (weight.ndim - 1)),
        (bias - np.asarray(running.mean, np.float64)) * scale + beta,
    )
