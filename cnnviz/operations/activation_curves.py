"""The curves of the activation functions and their derivatives, as `activation` lists them. float64, no overflow.

Each is called with x of any shape and the function's parameter p, which those without one ignore.
"""

from __future__ import annotations

import math

import numpy as np

Array = np.ndarray

SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


def sigmoid(x: Array, p: float = 0.0) -> Array:
    """1 / (1 + e^−x), by the half that cannot overflow."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


def sigmoid_slope(x: Array, p: float = 0.0) -> Array:
    """σ(x)(1 − σ(x)), without loss of digits far out."""
    small = np.exp(-np.abs(x))
    return small / (1.0 + small) ** 2


def tanh(x: Array, p: float) -> Array:
    """The hyperbolic tangent."""
    return np.tanh(x)


def tanh_slope(x: Array, p: float) -> Array:
    """1 − tanh²(x), without loss of digits far out."""
    small = np.exp(-2.0 * np.abs(x))  # 1 − tanh² loses its digits far out; this does not
    return 4.0 * small / (1.0 + small) ** 2


def relu(x: Array, p: float) -> Array:
    """max(x, 0)."""
    return np.maximum(x, 0.0)


def relu_slope(x: Array, p: float) -> Array:
    """1 above zero, 0 elsewhere."""
    return (x > 0).astype(np.float64)


def relu6(x: Array, p: float) -> Array:
    """min(max(x, 0), 6)."""
    return np.clip(x, 0.0, 6.0)


def relu6_slope(x: Array, p: float) -> Array:
    """1 between 0 and 6, 0 elsewhere."""
    return ((x > 0) & (x < 6)).astype(np.float64)


def leaky(x: Array, p: float) -> Array:
    """x above zero, p·x elsewhere."""
    return np.where(x > 0, x, p * x)


def leaky_slope(x: Array, p: float) -> Array:
    """1 above zero, p elsewhere."""
    return np.where(x > 0, 1.0, p)


def elu(x: Array, p: float) -> Array:
    """x above zero, p(eˣ − 1) elsewhere."""
    return np.where(x > 0, x, p * np.expm1(np.minimum(x, 0.0)))


def elu_slope(x: Array, p: float) -> Array:
    """1 above zero, p·eˣ elsewhere."""
    return np.where(x > 0, 1.0, p * np.exp(np.minimum(x, 0.0)))


def selu(x: Array, p: float) -> Array:
    """ELU with the paper's two constants."""
    return SELU_SCALE * elu(x, SELU_ALPHA)


def selu_slope(x: Array, p: float) -> Array:
    """The derivative of SELU."""
    return SELU_SCALE * elu_slope(x, SELU_ALPHA)


_erfc = np.frompyfunc(math.erfc, 1, 1)  # numpy has none


def below(x: Array) -> Array:
    """Φ(x): the share of a normal distribution that lies below x."""
    return np.asarray(_erfc(-x / math.sqrt(2.0)), dtype=np.float64) / 2.0


def _density(x: Array) -> Array:
    near = np.clip(x, -40.0, 40.0)  # beyond, it is 0 in float64, and x² would be all that is computed
    return np.exp(-near * near / 2.0) / math.sqrt(2.0 * math.pi)


def gelu(x: Array, p: float) -> Array:
    """x·Φ(x), with the standard normal's distribution function Φ."""
    return x * below(x)


def gelu_slope(x: Array, p: float) -> Array:
    """Φ(x) + x·φ(x), with the standard normal's density φ."""
    return below(x) + x * _density(x)


_ROOT, _CUBE = math.sqrt(2.0 / math.pi), 0.044715


def gelu_tanh(x: Array, p: float) -> Array:
    """GELU by its tanh approximation."""
    near = np.clip(x, -30.0, 30.0)
    return 0.5 * x * (1.0 + np.tanh(_ROOT * (near + _CUBE * near**3)))


def gelu_tanh_slope(x: Array, p: float) -> Array:
    """The derivative of GELU's tanh approximation."""
    near = np.clip(x, -30.0, 30.0)
    inner = _ROOT * (near + _CUBE * near**3)
    return 0.5 * (1.0 + np.tanh(inner)) + 0.5 * near * tanh_slope(inner, 0.0) * _ROOT * (1.0 + 3.0 * _CUBE * near**2)


def silu(x: Array, p: float) -> Array:
    """x·σ(x), also called swish."""
    return x * sigmoid(x)


def silu_slope(x: Array, p: float) -> Array:
    """σ(x) + x·σ(x)(1 − σ(x))."""
    return sigmoid(x) + x * sigmoid_slope(x)


def softplus(x: Array, p: float) -> Array:
    """log(1 + e^(p·x)) / p, without overflow."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-p * np.abs(x))) / p


def softplus_slope(x: Array, p: float) -> Array:
    """σ(p·x)."""
    return sigmoid(p * x)


def hard_sigmoid(x: Array, p: float) -> Array:
    """min(max(x + 3, 0), 6) / 6."""
    return np.clip(x + 3.0, 0.0, 6.0) / 6.0


def hard_sigmoid_slope(x: Array, p: float) -> Array:
    """1/6 between −3 and 3, 0 elsewhere."""
    return np.where((x > -3) & (x < 3), 1.0 / 6.0, 0.0)


def hard_swish(x: Array, p: float) -> Array:
    """x times the hard sigmoid of x."""
    return x * hard_sigmoid(x, p)


def hard_swish_slope(x: Array, p: float) -> Array:
    """0 up to −3, x/3 + 1/2 up to 3, then 1."""
    return np.where(x <= -3, 0.0, np.where(x < 3, x / 3.0 + 0.5, 1.0))


def identity(x: Array, p: float) -> Array:
    """x itself."""
    return x.copy()


def one(x: Array, p: float) -> Array:
    """1 everywhere: the slope of the identity."""
    return np.ones_like(x)
