"""A linear neuron with two weights, y = w₁a₁ + w₂a₂, trained on what another layer's sigmoid or tanh gives it.

For one example the gradient is ∂L/∂w_i = 2 (y − t) a_i. A sigmoid's outputs a are all positive, so both components
have the sign of y − t: the step can only go up-right or down-left, and a goal that lies up-left is reached in a
zig-zag. A tanh's outputs have both signs, and the step may go anywhere. With several examples a step the argument
weakens: a sum of such gradients may point anywhere. How often it does is counted.
LeCun, Bottou, Orr & Müller, "Efficient BackProp" (1998), section 4.3, https://doi.org/10.1007/3-540-49430-8_2
"""

from __future__ import annotations

import numpy as np

from cnnviz.operations import OperationError, activation
from cnnviz.topics.activations.records import NeuronDescent

Array = np.ndarray

EXAMPLES, GRID = 64, 49
GOAL, START = (1.5, -1.5), (-1.5, 1.0)
LOW, HIGH = -3.0, 3.0
NEAR = 0.1


def zigzag(name: str, *, rate: float = 0.3, steps: int = 60, batch: int = 1, seed: int = 0) -> NeuronDescent:
    """The neuron's way over the plane of its weights. name: the function that made its inputs ("sigmoid", "tanh").

    The 64 inputs are f(u), u ~ N(0, 1.5²) from the seed; the targets are those of the weights (1.5, −1.5), so the
    loss has its minimum 0 there. rate: the learning rate. batch: examples a step, 1 to 64.
    Raises OperationError for a rate that is not above 0 or so large that the weights leave ±1e6, and for a batch
    outside 1 to 64.
    """
    if not rate > 0:
        raise OperationError(f"The learning rate is {rate:g}: choose one above 0.")
    if not 1 <= batch <= EXAMPLES:
        raise OperationError(f"There are {EXAMPLES} examples and a step was to see {batch}: choose 1 to {EXAMPLES}.")
    random = np.random.default_rng(seed)
    inputs = activation.value(name, 1.5 * random.normal(size=(EXAMPLES, 2)))
    goal = np.array(GOAL)
    targets = inputs @ goal
    examples = np.stack([random.permutation(EXAMPLES)[:batch] for _ in range(steps)])
    path, gradients = _descend(inputs, targets, examples, rate)
    length = float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())
    agree = np.sign(gradients[:, 0]) == np.sign(gradients[:, 1])
    losses = ((path @ inputs.T - targets) ** 2).mean(axis=1)
    straight = float(np.linalg.norm(path[-1] - path[0]))
    return NeuronDescent(
        name, path, gradients, losses, inputs, targets, examples, goal, float(agree.mean()), length, straight,
        _surface(inputs, targets), NEAR, arrival(path, goal), float(np.linalg.norm(path[-1] - goal)), LOW, HIGH,
    )  # fmt: skip


def gradient(inputs: Array, targets: Array, weights: Array) -> Array:
    """∂L/∂w of L = mean (w·a − t)². inputs: [B, 2], targets: [B], weights: [2] -> [2]."""
    return 2.0 * (inputs @ weights - targets) @ inputs / len(inputs)


def arrival(path: Array, goal: Array) -> int | None:
    """The first step from which on the path stays within NEAR of the goal; None if it is not there at the end."""
    outside = np.flatnonzero(np.linalg.norm(path - goal, axis=1) > NEAR)
    first = int(outside[-1]) + 1 if outside.size else 0
    return first if first < len(path) else None


def _descend(inputs: Array, targets: Array, examples: Array, rate: float) -> tuple[Array, Array]:
    """Weights [S + 1, 2] and gradients [S, 2]."""
    path, gradients = [np.array(START)], []
    for chosen in examples:
        gradients.append(gradient(inputs[chosen], targets[chosen], path[-1]))
        path.append(path[-1] - rate * gradients[-1])
        if not np.abs(path[-1]).max() < 1e6:
            raise OperationError(
                f"At a learning rate of {rate:g} the weights run away (beyond ±1e6 after {len(gradients)} steps): "
                "choose a smaller one."
            )
    return np.array(path), np.array(gradients)


def _surface(inputs: Array, targets: Array) -> Array:
    """[GRID, GRID] mean loss over the plane; rows count w₂ upwards from LOW, columns w₁."""
    axis = np.linspace(LOW, HIGH, GRID)
    first, second = np.meshgrid(axis, axis)
    weights = np.stack([first.ravel(), second.ravel()])
    losses: Array = ((inputs @ weights - targets[:, None]) ** 2).mean(axis=0).reshape(GRID, GRID)
    return losses
