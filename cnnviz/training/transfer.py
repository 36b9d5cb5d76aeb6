"""Going on from other weights: where the network is cut, which layers stay as they are, and two learning rates.

Layers before the cut are held: their weights get no gradient, and their normalisation keeps its running statistics. The
last layer may learn faster than those that bring something along (Yosinski et al. 2014, "How transferable are features
in deep neural networks?", https://arxiv.org/abs/1411.1792; Howard and Ruder 2018, "discriminative fine-tuning",
https://arxiv.org/abs/1801.06146).
"""

from __future__ import annotations

from typing import Any

from torch import nn

from cnnviz.configs import ConfigError
from cnnviz.records import TrainConfig

SHARE = "share"  # of the run's learning rate, in an optimiser's group


def layers(model: nn.Module) -> tuple[str, ...]:
    """The layers with weights of their own, in the order in which the network lists them: where it can be cut."""
    names = (name for name, one in model.named_modules() if any(True for _ in one.parameters(recurse=False)))
    return tuple(name for name in names if name)


def last(model: nn.Module) -> str:
    """The last layer that is linear or a 1×1 convolution; "" where there is none."""
    found = (
        name for name, one in reversed([*model.named_modules()]) if isinstance(one, nn.Linear) or is_pointwise(one)
    )
    return next(found, "")


def is_pointwise(layer: nn.Module) -> bool:
    """Whether it is a convolution that sees one position at a time: a linear layer over the channels."""
    return (
        isinstance(layer, nn.Conv2d)
        and layer.kernel_size == layer.stride == (1, 1)
        and layer.groups == 1
        and layer.padding in ("valid", (0, 0))
    )


def held(model: nn.Module, cut: str) -> tuple[str, ...]:
    """The layers before the cut; none for "". Raises ConfigError where the network has no such layer."""
    names = layers(model)
    if cut and cut not in names:
        raise ConfigError(f"cut is {cut!r}, and this network has no such layer with weights: {', '.join(names[:30])}")
    return names[: names.index(cut)] if cut else ()


def hold(model: nn.Module, names: tuple[str, ...]) -> None:
    """Their weights get no gradient, their running statistics stay; to be called after each `model.train()`."""
    for name in names:
        layer = model.get_submodule(name)
        layer.training = False
        for parameter in layer.parameters(recurse=False):
            parameter.requires_grad_(False)


def groups(config: TrainConfig, model: nn.Module) -> list[dict[str, Any]]:
    """What is trained, for an optimiser: the last layer at the run's learning rate, all others at their share of it."""
    trained = [(name, one) for name, one in model.named_parameters() if one.requires_grad]
    if config.body_lr == 1.0:
        return [{"params": [one for _, one in trained], "lr": config.lr, SHARE: 1.0}]
    head = f"{last(model)}."
    body = [one for name, one in trained if not name.startswith(head)]
    own = [one for name, one in trained if name.startswith(head)]
    found = [
        {"params": body, "lr": config.lr * config.body_lr, SHARE: config.body_lr},
        {"params": own, "lr": config.lr, SHARE: 1.0},
    ]
    return [group for group in found if group["params"]]
