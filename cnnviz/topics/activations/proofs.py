"""Activation functions, softmax and the two little trainings, computed by PyTorch's functions and by autograd."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional as F

from cnnviz.operations import activation
from cnnviz.records.proofs import Proof
from cnnviz.topics.activations import softmax as activation_softmax
from cnnviz.topics.activations.records import Dying, NeuronDescent
from cnnviz.topics.activations.zigzag import gradient

Array = np.ndarray

# Multiples of 1/64 from −8 to 8, and far out on both sides; none is a corner but 0, ±3 and 6.
GRID = np.concatenate([np.arange(-512, 513) / 64.0, [-1e4, -700.0, -50.0, 50.0, 700.0, 1e4]])


def in_torch(name: str, p: float | None = None) -> Callable[[torch.Tensor], torch.Tensor]:
    """The same function as PyTorch has it, to be called with a tensor. Raises as `activation.parameter`."""
    used = activation.parameter(name, p)
    known: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": F.relu,
        "relu6": F.relu6,
        "leaky_relu": lambda x: F.leaky_relu(x, used),
        "prelu": lambda x: F.prelu(x, torch.tensor([used], dtype=x.dtype)),
        "elu": lambda x: F.elu(x, used),
        "selu": F.selu,
        "gelu": F.gelu,
        "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
        "silu": F.silu,
        "softplus": lambda x: F.softplus(x, used, 700.0),  # by its default it is x itself beyond βx = 20: 2e−9 off
        "hard_swish": F.hardswish,
        "hard_sigmoid": F.hardsigmoid,
        "identity": lambda x: x.clone(),
    }
    return known[name]


def value(name: str, x: Array, p: float | None = None) -> Array:
    """f(x) by PyTorch, float64."""
    return in_torch(name, p)(torch.tensor(x, dtype=torch.float64)).numpy()


def slope(name: str, x: Array, p: float | None = None) -> Array:
    """f′(x) by autograd, float64."""
    inputs = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    (found,) = torch.autograd.grad(in_torch(name, p)(inputs).sum(), inputs)
    return found.numpy()


def function(name: str, p: float | None = None) -> tuple[Proof, Proof, Proof]:
    """Value against torch.nn.functional, f′ against autograd, f′ against finite differences of f."""
    title = activation.family[name].title
    corners = np.array(activation.family[name].corners)
    near = GRID[np.abs(GRID) <= 8.0]
    smooth = near[(np.abs(near[:, None] - corners[None, :]) > 1e-3).all(axis=1)]
    step = 1e-5
    quotient = activation.value(name, smooth + step, p) - activation.value(name, smooth - step, p)
    return (
        Proof(f"{title} from its definition and by PyTorch, {len(GRID):,} places from −10⁴ to 10⁴",
              _apart(activation.value(name, GRID, p), value(name, GRID, p)), 1e-10),
        # PyTorch's hard-sigmoid keeps 1/6 in single precision in the backward pass, even in float64
        Proof(f"{title}′ from its formula and by autograd, at the same places",
              _apart(activation.slope(name, GRID, p), slope(name, GRID, p)), 1e-8 if name == "hard_sigmoid" else 1e-10),
        Proof(f"{title}′ from its formula and (f(x + h) − f(x − h)) / 2h, h = 10⁻⁵, off the corners",
              _apart(activation.slope(name, smooth, p), quotient / (2 * step)), 1e-8),
    )  # fmt: skip


def on_numbers(numbers: Array) -> Proof:
    """Every function of the family on these numbers, value and derivative, against PyTorch's."""
    worst = 0.0
    for name in activation.names():
        worst = max(worst, _apart(activation.value(name, numbers), value(name, numbers)))
        worst = max(worst, _apart(activation.slope(name, numbers), slope(name, numbers)))
    count = len(activation.names())
    return Proof(f"{count} functions and their slopes on these {numbers.size} numbers, and PyTorch's", worst, 1e-8)


def softmax(logits: Array, temperatures: tuple[float, ...] = (0.25, 1.0, 4.0)) -> tuple[Proof, Proof]:
    """Probabilities against F.softmax, the Jacobian against autograd, at each temperature."""
    ours = [activation_softmax.softmax(logits, t) for t in temperatures]
    z = torch.tensor(logits, dtype=torch.float64)
    values = max(
        _apart(one.probabilities, F.softmax(z / t, dim=0).numpy()) for one, t in zip(ours, temperatures, strict=True)
    )
    tables = max(
        _apart(activation_softmax.jacobian(one), _jacobian(z, t)) for one, t in zip(ours, temperatures, strict=True)
    )
    at = ", ".join(f"{t:g}" for t in temperatures)
    return (
        Proof(f"softmax term by term and F.softmax(z / T), T = {at}", values, 1e-12),
        Proof(f"its Jacobian p (1 − p) / T and autograd, T = {at}", tables, 1e-10),
    )


def zigzag(found: NeuronDescent) -> Proof:
    """Every gradient of the path against autograd on the same examples."""
    differences = []
    for weights, chosen, ours in zip(found.path, found.examples, found.gradients, strict=False):
        w = torch.tensor(weights, requires_grad=True)
        inputs, targets = (torch.tensor(a[chosen]) for a in (found.inputs, found.targets))
        (theirs,) = torch.autograd.grad(((inputs @ w - targets) ** 2).mean(), w)
        differences.append(_apart(ours, theirs.numpy()))
        differences.append(_apart(ours, gradient(found.inputs[chosen], found.targets[chosen], weights)))
    return Proof(
        f"{found.name} inputs: {len(found.gradients)} gradients and autograd's", max(differences, default=np.nan), 1e-10
    )


def dying(found: Dying, inputs: Array, labels: Array, place: int, slope: float) -> Proof:
    """The whole training at one rate again, by autograd and torch.nn.functional: the weights of every step.

    Compared while they lie within ±100, relative to 1: where training diverges rounding grows without end.
    """
    x, t = torch.tensor(inputs), torch.tensor(labels, dtype=torch.float64)
    state = torch.tensor(np.append(found.weights[place, 0], found.bias[place, 0]), requires_grad=True)
    function = in_torch(found.name, slope if found.name == "leaky_relu" else None)
    worst, steps = 0.0, 0
    for weights, bias in zip(found.weights[place], found.bias[place], strict=True):
        if max(np.abs(weights).max(), abs(bias)) > 100:
            break
        ours = np.append(weights, bias)
        worst, steps = max(worst, _apart(ours, state.detach().numpy())), steps + 1
        loss = ((function(x @ state[:-1] + state[-1]) - t) ** 2).mean()
        (by,) = torch.autograd.grad(loss, state)
        state = (state - found.rates[place] * by).detach().requires_grad_()
    title = activation.family[found.name].title
    return Proof(
        f"{title}: {steps} states of training at a rate of {found.rates[place]:.3g}, and autograd's", worst, 1e-7
    )


def _jacobian(z: torch.Tensor, temperature: float) -> Array:
    found = torch.autograd.functional.jacobian(lambda logits: F.softmax(logits / temperature, dim=0), z)
    return np.asarray(found)


def _apart(one: Array, other: Array) -> float:
    return float(np.abs(one - other).max())
