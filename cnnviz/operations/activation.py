"""Activation functions, each from its definition: curve, derivative, range, and the paper that it comes from.

A function f works on every number by itself: y = f(x). Its derivative f′ multiplies the gradient backward, so
where f′ is nearly 0 (the function is saturated) nothing is learned. `names()` lists the family; a function is one
`Activation` record and is called as `activation.value(name, x)` and `activation.slope(name, x)`.

Arrays of any shape, float64, from −1e4 to 1e4 and beyond without overflow. Where a curve has a corner, f′ is what
PyTorch takes there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnviz.operations import OperationError
from cnnviz.operations import activation_curves as curves
from cnnviz.registry import Registry

Array = np.ndarray
Curve = Callable[[Array, float], Array]  # (x, the parameter; ignored where the function has none)


@dataclass(frozen=True)
class Parameter:
    """What can be set: its usual value, and the range in which it is looked at."""

    word: str
    symbol: str
    start: float
    low: float
    high: float


@dataclass(frozen=True)
class Activation:
    """formula, derivative: LaTeX. torch: the call in PyTorch, {p} being the parameter.

    flat_below, flat_above: f′ is exactly 0 from there on outwards (None: it never is). corners: where f′ jumps.
    paper, year, link: empty where nobody proposed it.
    """

    name: str
    title: str
    formula: str
    derivative: str
    torch: str
    curve: Curve
    tangent: Curve
    paper: str = ""
    year: int | None = None
    link: str = ""
    parameter: Parameter | None = None
    flat_below: float | None = None
    flat_above: float | None = None
    corners: tuple[float, ...] = ()


family: Registry[Activation] = Registry("activation function")


def names() -> tuple[str, ...]:
    """All functions, in the order in which they are taught."""
    return family.names()


def value(name: str, x: Array | float, p: float | None = None) -> Array:
    """f(x), float64, with the shape of x. p: the parameter (None: its usual value).

    Raises KeyError for an unknown name, OperationError for an x that is no number or a p out of its range.
    """
    function = family[name]
    return function.curve(_numbers(x), parameter(name, p))


def slope(name: str, x: Array | float, p: float | None = None) -> Array:
    """f′(x), float64, with the shape of x. Raises as `value` does."""
    function = family[name]
    return function.tangent(_numbers(x), parameter(name, p))


def parameter(name: str, p: float | None = None) -> float:
    """The parameter's value: `p`, or the usual one; 0 where the function has none. Raises OperationError off range."""
    known = family[name].parameter
    if known is None:
        return 0.0
    if p is None:
        return known.start
    if not known.low <= p <= known.high:
        raise OperationError(
            f"{known.word} is {p:g}; {family[name].title} is shown for {known.low:g} to {known.high:g}: "
            "choose one there."
        )
    return float(p)


def _numbers(x: Array | float) -> Array:
    numbers = np.asarray(x, dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise OperationError("x holds something that is no finite number: put a number there.")
    return numbers


def _add(name: str, title: str, **rest: object) -> None:
    family.add(name, Activation(name, title, **rest))  # type: ignore[arg-type]


_add(
    "sigmoid", "sigmoid", formula=r"\sigma(x)=\frac{1}{1+e^{-x}}", derivative=r"\sigma(x)\,(1-\sigma(x))",
    torch="torch.sigmoid(x)", curve=curves.sigmoid, tangent=curves.sigmoid_slope, year=1986,
    paper="Rumelhart, Hinton & Williams, Learning representations by back-propagating errors",
    link="https://doi.org/10.1038/323533a0",
)  # fmt: skip
_add(
    "tanh", "tanh", formula=r"\tanh x=\frac{e^{x}-e^{-x}}{e^{x}+e^{-x}}", derivative=r"1-\tanh^2 x",
    torch="torch.tanh(x)", curve=curves.tanh, tangent=curves.tanh_slope, year=1998,
    paper="LeCun, Bottou, Orr & Müller, Efficient BackProp", link="https://doi.org/10.1007/3-540-49430-8_2",
)  # fmt: skip
_add(
    "relu", "ReLU", formula=r"\max(0,x)", derivative=r"1\ \text{for}\ x>0,\ \text{else}\ 0", torch="F.relu(x)",
    curve=curves.relu, tangent=curves.relu_slope, flat_below=0.0, corners=(0.0,), year=2010,
    paper="Nair & Hinton, Rectified linear units improve restricted Boltzmann machines",
    link="https://icml.cc/Conferences/2010/papers/432.pdf",
)  # fmt: skip
_add(
    "relu6", "ReLU6", formula=r"\min(\max(0,x),6)", derivative=r"1\ \text{for}\ 0<x<6,\ \text{else}\ 0",
    torch="F.relu6(x)", curve=curves.relu6, tangent=curves.relu6_slope, flat_below=0.0, flat_above=6.0,
    corners=(0.0, 6.0),
    year=2010, paper="Krizhevsky, Convolutional deep belief networks on CIFAR-10",
    link="https://www.cs.toronto.edu/~kriz/conv-cifar10-aug2010.pdf",
)  # fmt: skip
_add(
    "leaky_relu", "leaky ReLU", formula=r"x\ \text{for}\ x>0,\ \text{else}\ s\,x",
    derivative=r"1\ \text{for}\ x>0,\ \text{else}\ s", torch="F.leaky_relu(x, {p})",
    curve=curves.leaky, tangent=curves.leaky_slope, parameter=Parameter("the slope", "s", 0.01, 0.0, 0.5),
    corners=(0.0,),
    year=2013, paper="Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models",
    link="https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf",
)  # fmt: skip
_add(
    "prelu", "PReLU", formula=r"x\ \text{for}\ x>0,\ \text{else}\ a\,x,\quad a\ \text{learned}",
    derivative=r"1\ \text{for}\ x>0,\ \text{else}\ a", torch="F.prelu(x, torch.tensor([{p}], dtype=x.dtype))",
    curve=curves.leaky, tangent=curves.leaky_slope, parameter=Parameter("the slope", "a", 0.25, -0.5, 1.0),
    corners=(0.0,),
    year=2015, paper="He, Zhang, Ren & Sun, Delving deep into rectifiers", link="https://arxiv.org/abs/1502.01852",
)  # fmt: skip
_add(
    "elu", "ELU", formula=r"x\ \text{for}\ x>0,\ \text{else}\ \alpha(e^{x}-1)",
    derivative=r"1\ \text{for}\ x>0,\ \text{else}\ \alpha e^{x}", torch="F.elu(x, {p})",
    curve=curves.elu, tangent=curves.elu_slope, parameter=Parameter("alpha", "α", 1.0, 0.1, 3.0),
    corners=(0.0,), year=2015,
    paper="Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by exponential linear units",
    link="https://arxiv.org/abs/1511.07289",
)  # fmt: skip
_add(
    "selu", "SELU", formula=r"\lambda x\ \text{for}\ x>0,\ \text{else}\ \lambda\alpha(e^{x}-1)",
    derivative=r"\lambda\ \text{for}\ x>0,\ \text{else}\ \lambda\alpha e^{x}", torch="F.selu(x)",
    curve=curves.selu, tangent=curves.selu_slope, corners=(0.0,), year=2017,
    paper="Klambauer, Unterthiner, Mayr & Hochreiter, Self-normalizing neural networks",
    link="https://arxiv.org/abs/1706.02515",
)  # fmt: skip
_add(
    "gelu", "GELU", formula=r"x\,\Phi(x)=\frac{x}{2}\left(1+\mathrm{erf}\frac{x}{\sqrt2}\right)",
    derivative=r"\Phi(x)+x\,\varphi(x)", torch="F.gelu(x)", curve=curves.gelu, tangent=curves.gelu_slope, year=2016,
    paper="Hendrycks & Gimpel, Gaussian error linear units", link="https://arxiv.org/abs/1606.08415",
)  # fmt: skip
_add(
    "gelu_tanh", "GELU (by tanh)",
    formula=r"\frac{x}{2}\left(1+\tanh\left(\sqrt{2/\pi}\,(x+0.044715\,x^3)\right)\right)",
    derivative=r"\tfrac12(1+t)+\tfrac{x}{2}(1-t^2)\sqrt{2/\pi}\,(1+0.134145\,x^2)",
    torch="F.gelu(x, approximate='tanh')",
    curve=curves.gelu_tanh, tangent=curves.gelu_tanh_slope, year=2016,
    paper="Hendrycks & Gimpel, Gaussian error linear units", link="https://arxiv.org/abs/1606.08415",
)  # fmt: skip
_add(
    "silu", "SiLU (swish)", formula=r"x\,\sigma(x)", derivative=r"\sigma(x)+x\,\sigma(x)(1-\sigma(x))",
    torch="F.silu(x)", curve=curves.silu, tangent=curves.silu_slope, year=2017,
    paper="Elfwing, Uchibe & Doya, Sigmoid-weighted linear units for neural network function approximation",
    link="https://arxiv.org/abs/1702.03118",
)  # fmt: skip
_add(
    "softplus", "softplus", formula=r"\frac{1}{\beta}\ln(1+e^{\beta x})", derivative=r"\sigma(\beta x)",
    torch="F.softplus(x, {p}, 700)", curve=curves.softplus, tangent=curves.softplus_slope,
    parameter=Parameter("beta", "β", 1.0, 0.2, 8.0), year=2000,
    paper="Dugas, Bengio, Bélisle, Nadeau & Garcia, Incorporating second-order functional knowledge for better "
    "option pricing",
    link="https://proceedings.neurips.cc/paper/2000/hash/44968aece94f667e4095002d140b5896-Abstract.html",
)  # fmt: skip
_add(
    "hard_swish", "hard-swish", formula=r"x\cdot\frac{\min(\max(x+3,0),6)}{6}",
    derivative=r"0\ (x\le-3),\quad \tfrac{x}{3}+\tfrac12\ (|x|<3),\quad 1\ (x\ge3)", torch="F.hardswish(x)",
    curve=curves.hard_swish, tangent=curves.hard_swish_slope, flat_below=-3.0, corners=(-3.0, 3.0), year=2019,
    paper="Howard et al., Searching for MobileNetV3", link="https://arxiv.org/abs/1905.02244",
)  # fmt: skip
_add(
    "hard_sigmoid", "hard-sigmoid", formula=r"\frac{\min(\max(x+3,0),6)}{6}",
    derivative=r"\tfrac16\ (|x|<3),\ \text{else}\ 0", torch="F.hardsigmoid(x)",
    curve=curves.hard_sigmoid, tangent=curves.hard_sigmoid_slope, flat_below=-3.0, flat_above=3.0,
    corners=(-3.0, 3.0), year=2019,
    paper="Howard et al., Searching for MobileNetV3", link="https://arxiv.org/abs/1905.02244",
)  # fmt: skip
_add(
    "identity", "none (identity)", formula="x", derivative="1", torch="x.clone()", curve=curves.identity,
    tangent=curves.one,
)  # fmt: skip
