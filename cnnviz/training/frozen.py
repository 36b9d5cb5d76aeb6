"""Training the last layer alone: what it sees is computed once for every image, and then no other layer runs again.

The network is taken apart at its last linear layer. Its input on an image is the image's features; a batch of them
through that layer, in place of a batch of images through the whole network, gives the same loss to the last layer.
The other layers are in evaluation mode, so dropout before the last layer is off and normalisation is by running
statistics. (Razavian et al. 2014, "CNN Features off-the-shelf", https://arxiv.org/abs/1403.6382)
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from cnnviz.configs import ConfigError
from cnnviz.training.augmentation import Normalisation
from cnnviz.training.evaluation import Examination, evaluating

BATCH = 32  # images at a time through the layers that stay


def head(model: nn.Module, classes: int) -> str:
    """The name of the last linear layer. Raises ConfigError where there is none with an output a class."""
    names = [name for name, one in model.named_modules() if isinstance(one, nn.Linear)]
    if not names or not isinstance(last := model.get_submodule(names[-1]), nn.Linear) or last.out_features != classes:
        raise ConfigError("frozen trains the last linear layer, and this network does not end in one: take another")
    return names[-1]


def only(model: nn.Module, name: str) -> nn.Linear:
    """Leaves gradients to this layer alone; returns it."""
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    layer = model.get_submodule(name)
    assert isinstance(layer, nn.Linear)
    for parameter in layer.parameters():
        parameter.requires_grad_(True)
    return layer


def features(model: nn.Module, layer: nn.Linear, images: torch.Tensor, normalise: Normalisation) -> torch.Tensor:
    """What the layer sees of every image: [N, D, 1, 1] float32. images: [N, C, H, W] uint8.

    Raises ConfigError where the network's output is not that layer's, or its log-softmax.
    """
    found: list[torch.Tensor] = []
    hook = layer.register_forward_pre_hook(lambda _, inputs: found.append(inputs[0].detach().flatten(1).clone()))
    try:
        with evaluating(model), torch.no_grad():
            for part in images.split(BATCH):
                outputs = model(normalise(part.to(normalise.scale.device)))
                own = nn.functional.linear(found[-1], layer.weight, layer.bias)
                if not any(torch.allclose(outputs, one, atol=1e-4) for one in (own, own.log_softmax(1))):
                    raise ConfigError("frozen trains the last layer, and this network goes on after it: take another")
    finally:
        hook.remove()
    return torch.cat(found)[:, :, None, None]


def unchanged(device: torch.device) -> Normalisation:
    """Features are as they are."""
    return Normalisation.of((0.0,), (1 / 255,), device=device)


def forward(layer: nn.Linear) -> Callable[[torch.Tensor], torch.Tensor]:
    """[B, D, 1, 1] -> logits [B, classes]."""
    return lambda batch: layer(batch.flatten(1))


class FeatureExamination(Examination):
    """Test images of which the last layer's input is known: evaluating costs one matrix product."""

    def __init__(self, images: Examination, model: nn.Module, layer: nn.Linear) -> None:
        self.__dict__.update(images.__dict__)
        self._layer = layer
        self._features = features(model, layer, images.images, images.normalise)[:, :, 0, 0]

    def _answer(self, model: nn.Module, which: slice) -> torch.Tensor:
        return self._layer(self._features[which]).float()
