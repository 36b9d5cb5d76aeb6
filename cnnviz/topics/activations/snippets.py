"""Python that does what the page on activation functions does, as text that runs as it stands."""

from __future__ import annotations

from cnnviz.figures.predictions import prelude


def function(torch_line: str) -> str:
    """f(x) and f′(x) of one function. torch_line: its call in PyTorch, of x."""
    return f"""import torch
from torch.nn import functional as F

x = torch.linspace(-6, 6, 25, dtype=torch.float64, requires_grad=True)
y = {torch_line}
(slope,) = torch.autograd.grad(y.sum(), x)
for row in zip(x.tolist(), y.tolist(), slope.tolist()):
    print("x = %+.2f   f(x) = %+.6f   f'(x) = %+.6f" % row)
"""


def softmax(logits: list[float], temperature: float = 1.0) -> str:
    """Softmax with a temperature, and its Jacobian."""
    numbers = ", ".join(f"{value:g}" for value in logits)
    return f"""import torch

z = torch.tensor([{numbers}], dtype=torch.float64)
T = {temperature:g}
p = torch.softmax(z / T, dim=0)
jacobian = torch.autograd.functional.jacobian(lambda logits: torch.softmax(logits / T, dim=0), z)
print(p, p.sum())
print(jacobian)
"""


def on_a_map(choice: str, picture: str, key: str, *, fit: str = "crop") -> str:
    """What every function does to the map that feeds layer `key`. choice, picture: as in `predictions.prelude`."""
    return prelude(choice, picture, fit=fit) + (
        "from cnnviz.topics.activations import maps\n\n"
        f"found = maps.effects(record, {key!r}, threshold=0.01)\n"
        "for effect in found.effects:\n"
        "    print(f'{effect.name:12} zeros {effect.zeros:.3f} saturated {effect.saturated:.3f} '\n"
        "          f'mean {effect.mean:+.3f} dead channels {effect.dead.sum()}')\n"
    )


def of_numbers(rows: list[list[float]]) -> str:
    """Every function on a small table of numbers."""
    table = ", ".join("[" + ", ".join(f"{value:g}" for value in row) + "]" for row in rows)
    return f"""import numpy as np
from cnnviz.operations import activation

numbers = np.array([{table}])
results = {{name: activation.value(name, numbers) for name in activation.names()}}
for name, values in results.items():
    quiet = np.abs(activation.slope(name, numbers)) < 0.01
    print(f"{{name:12}} zeros {{(values == 0).mean():.3f}} saturated {{quiet.mean():.3f}} mean {{values.mean():+.3f}}")
"""


def swap(choice: str, picture: str, keys: tuple[str, ...], name: str, *, fit: str = "crop") -> str:
    """The network's answer with another function at those layers."""
    where = f"[{keys[0]!r}]" if len(keys) == 1 else "[layer.key for layer in record if layer.kind == 'activation']"
    return prelude(choice, picture, fit=fit) + (
        "from cnnviz.topics.activations import swap\n\n"
        f"found = swap.swap(network.model, x, {where}, {name!r})\n"
        "for title, logits in (('before', found.original), ('after', found.logits)):\n"
        "    print(title, network.spec.classes[logits.argmax()], float(logits.max()))\n"
    )


def zigzag(rate: float, batch: int, seed: int) -> str:
    """Both descents, in plain numpy."""
    return f"""import numpy as np

functions = {{"sigmoid": lambda u: 1 / (1 + np.exp(-u)), "tanh": np.tanh}}
for name, f in functions.items():
    random = np.random.default_rng({seed})
    a = f(1.5 * random.normal(size=(64, 2)))
    targets = a @ [1.5, -1.5]
    w, same, length = np.array([-1.5, 1.0]), 0, 0.0
    for _ in range(100):
        chosen = random.permutation(64)[:{batch}]
        gradient = 2 * (a[chosen] @ w - targets[chosen]) @ a[chosen] / {batch}
        w = w - {rate:g} * gradient
        same += np.sign(gradient[0]) == np.sign(gradient[1])
        length += {rate:g} * np.linalg.norm(gradient)
    print(f"{{name}}: ends at {{w}}, same sign in {{same}} of 100 steps, path {{length:.3f}} long")
"""


def dying(one: int, other: int, rate: float) -> str:
    """The training of one ReLU neuron at one learning rate, by autograd."""
    return f"""import torch
from cnnviz.topics.activations import dying_relu

inputs, labels = (torch.tensor(array, dtype=torch.float64) for array in dying_relu.pair({one}, {other}))
start = dying_relu.deaths({one}, {other}).relu
w = torch.tensor(start.weights[0, 0], requires_grad=True)
b = torch.tensor(start.bias[0, 0], requires_grad=True)
for step in range(81):
    sums = inputs @ w + b
    loss = ((torch.relu(sums) - labels) ** 2).mean()
    gradients = torch.autograd.grad(loss, (w, b))
    if step % 8 == 0:
        print(f"step {{step:2}} active {{(sums > 0).double().mean():.3f}} loss {{loss:.4f}}")
    with torch.no_grad():
        w -= {rate!r} * gradients[0]
        b -= {rate!r} * gradients[1]
"""
