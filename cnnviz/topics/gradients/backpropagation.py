"""Backpropagation through a dense stack from its definition: the chain rule, one layer after the other.

    z_l = h_(l−1) · W_lᵀ        h_l = φ(z_l)  (+ h_(l−1) with a skip)        p = softmax(h_L · Vᵀ)
    ∂/∂h_L = (p − y)/N · V      ∂/∂z_l = ∂/∂h_l ⊙ φ′(z_l)     ∂/∂W_l = ∂/∂z_lᵀ · h_(l−1)
    ∂/∂h_(l−1) = ∂/∂z_l · W_l  (+ ∂/∂h_l with a skip)

Rumelhart, Hinton, Williams 1986, "Learning representations by back-propagating errors",
https://doi.org/10.1038/323533a0
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.records.activations import Array
from cnnviz.topics.gradients.records import Backpropagation

LINEAR = 20.0  # from here on PyTorch's softplus is z itself: e⁻²⁰ = 2e-9 less than log(1 + e^z)


def _sigmoid(z: Array) -> Array:
    small = np.exp(-np.abs(z))  # never overflows
    return np.where(z >= 0, 1, small) / (1 + small)


# φ and φ′. At a kink the derivative is the left one, as PyTorch has it.
FUNCTIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "identity": (lambda z: z, np.ones_like),
    "sigmoid": (_sigmoid, lambda z: _sigmoid(z) * (1 - _sigmoid(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "ReLU": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(np.float64)),
    "leaky ReLU": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1.0, 0.01)),
    "softplus": (
        lambda z: np.where(z > LINEAR, z, np.logaddexp(0, z)),
        lambda z: np.where(z > LINEAR, 1.0, _sigmoid(z)),
    ),
}


def backpropagation(
    x: Array, labels: Array, weights: Sequence[Array], *, activation: str, skip: bool = False
) -> Backpropagation:
    """The gradients of the mean cross-entropy. x: [N, K₀]. labels: [N]. weights: W₁ … W_L, then the read-out V.

    Raises OperationError for an activation that has no derivative written here, and for matrices that do not chain.
    """
    if activation not in FUNCTIONS:
        raise OperationError(f"no derivative is written out for {activation!r}; there are: {', '.join(FUNCTIONS)}.")
    function, slope = FUNCTIONS[activation]
    *layers, readout = (np.asarray(weight, np.float64) for weight in weights)
    h = np.asarray(x, np.float64)
    inputs, sums, outputs = [], [], []
    for weight in layers:
        if weight.shape[1] != h.shape[1]:
            raise OperationError(f"a matrix {list(weight.shape)} cannot take {h.shape[1]} values: make it that wide.")
        inputs.append(h)
        sums.append(h @ weight.T)
        output = function(sums[-1])
        h = output + h if skip and output.shape == h.shape else output
        outputs.append(h)
    error, loss = _cross_entropy(h @ readout.T, labels)
    found = _backward(layers, inputs, sums, error @ readout, slope=slope, skip=skip)
    output_gradients, sum_gradients, weight_gradients = found
    return Backpropagation(
        tuple(inputs), tuple(sums), tuple(outputs), output_gradients, sum_gradients,
        (*weight_gradients, error.T @ h), loss,
    )  # fmt: skip


def _cross_entropy(logits: Array, labels: Array) -> tuple[Array, float]:
    """((p − y)/N, mean of −log p of the true class)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(labels))
    error = np.exp(logarithms)
    error[rows, labels] -= 1
    return error / len(labels), float(-logarithms[rows, labels].mean())


def _backward(
    layers: Sequence[Array], inputs: Sequence[Array], sums: Sequence[Array], gradient: Array, *,
    slope: Callable[[Array], Array], skip: bool,
) -> tuple[tuple[Array, ...], tuple[Array, ...], tuple[Array, ...]]:  # fmt: skip
    """∂/∂h, ∂/∂z and ∂/∂W of every layer, from the last to the first, handed out from the first to the last."""
    output_gradients, sum_gradients, weight_gradients = [], [], []
    for weight, given, z in zip(reversed(layers), reversed(inputs), reversed(sums), strict=True):
        output_gradients.append(gradient)
        sum_gradients.append(gradient * slope(z))
        weight_gradients.append(sum_gradients[-1].T @ given)
        passed = sum_gradients[-1] @ weight
        gradient = passed + gradient if skip and given.shape == z.shape else passed
    return tuple(output_gradients[::-1]), tuple(sum_gradients[::-1]), tuple(weight_gradients[::-1])
