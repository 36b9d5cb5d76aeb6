"""Training the last layer alone: what it sees is computed once for every image, and then no other layer runs again.

The network is taken apart at its last layer, linear or a 1×1 convolution over the last maps. Its input on an image is
the image's features; a batch of them through that layer, in place of a batch of images through the whole network, gives
the same loss to the last layer. The other layers are in evaluation mode, so dropout before the last layer is off and
normalisation is by running statistics.
(Razavian et al. 2014, "CNN Features off-the-shelf", https://arxiv.org/abs/1403.6382)
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from cnnviz.configs import ConfigError
from cnnviz.training import transfer
from cnnviz.training.augmentation import Normalisation
from cnnviz.training.evaluation import Examination, evaluating

BATCH = 32  # images at a time through the layers that stay
MOST = (
    2 << 30
)  # bytes of features of all images: 5,000 images' last maps of SqueezeNet, 400,000 features of EfficientNet

Head = nn.Linear | nn.Conv2d
Forward = Callable[[torch.Tensor], torch.Tensor]


def head(model: nn.Module, classes: int) -> str:
    """The name of the last layer: linear, or a 1×1 convolution. Raises ConfigError where it has no output a class."""
    names = [name for name, one in model.named_modules() if isinstance(one, nn.Linear | nn.Conv2d)]
    last = model.get_submodule(names[-1]) if names else None
    if isinstance(last, nn.Linear) and last.out_features == classes:
        return names[-1]
    if isinstance(last, nn.Conv2d) and last.out_channels == classes and transfer.is_pointwise(last):
        return names[-1]
    raise ConfigError(
        "frozen trains the last layer, linear or a 1×1 convolution, and this network does not end in one: take another"
    )


def only(model: nn.Module, name: str) -> Head:
    """Leaves gradients to this layer alone; returns it."""
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    layer = model.get_submodule(name)
    assert isinstance(layer, nn.Linear | nn.Conv2d)
    for parameter in layer.parameters():
        parameter.requires_grad_(True)
    return layer


def answers(layer: Head) -> tuple[Forward, ...]:
    """What may follow the last layer, each [B, D, h, w] -> [B, classes]. A linear layer answers itself; of a 1×1
    convolution the map of each class is averaged, after a ReLU (SqueezeNet) or as it is (Network in Network)."""
    if isinstance(layer, nn.Linear):
        return (lambda seen: layer(seen.flatten(1)),)
    return (lambda seen: layer(seen).mean((2, 3)), lambda seen: layer(seen).relu().mean((2, 3)))


def features(
    model: nn.Module, layer: Head, images: torch.Tensor, normalise: Normalisation
) -> tuple[torch.Tensor, Forward]:
    """What the layer sees of every image, [N, D, h, w] float32 (h = w = 1 for a linear one), and what makes the
    network's output of a batch of it. images: [N, C, H, W] uint8.

    Raises ConfigError where the network's output is none of `answers`, or its log-softmax, and where all features
    would take more than 2 GB.
    """
    found: list[torch.Tensor] = []
    caught: list[torch.Tensor] = []  # also when `answers` ask the layer
    hook = layer.register_forward_pre_hook(lambda _, inputs: caught.append(inputs[0].detach()))
    possible = list(answers(layer))
    try:
        with evaluating(model), torch.no_grad():
            for part in images.split(BATCH):
                outputs = model(normalise(part.to(normalise.scale.device)))
                found.append(_as_maps(layer, caught[-1]))
                possible = [one for one in possible if _gives(one(found[-1]), outputs)]
                caught.clear()
                _refuse_too_many(len(images), found[0][0])
                if not possible:
                    raise ConfigError("frozen trains the last layer, and this network goes on after it: take another")
    finally:
        hook.remove()
    return torch.cat(found), possible[0]


def _refuse_too_many(count: int, one: torch.Tensor) -> None:
    most = MOST // (one.numel() * one.element_size())
    if count > most:
        raise ConfigError(
            f"the last layer's input on all {count:,} images would take {count * one.numel() * 4 / 2**30:.1f} GB: "
            f"train on {most:,} (examples), or train from that layer on (cut) with nothing kept"
        )


def _as_maps(layer: Head, seen: torch.Tensor) -> torch.Tensor:
    return (seen.flatten(1)[:, :, None, None] if isinstance(layer, nn.Linear) else seen).clone()


def _gives(logits: torch.Tensor, outputs: torch.Tensor) -> bool:
    return any(torch.allclose(outputs, one, atol=1e-4) for one in (logits, logits.log_softmax(1)))


def unchanged(device: torch.device) -> Normalisation:
    """Features are as they are."""
    return Normalisation.of((0.0,), (1 / 255,), device=device)


class FeatureExamination(Examination):
    """Test images of which the last layer's input is known: evaluating costs one matrix product."""

    def __init__(self, images: Examination, model: nn.Module, layer: Head) -> None:
        self.__dict__.update(images.__dict__)
        self._features, self._forward = features(model, layer, images.images, images.normalise)

    def _answer(self, model: nn.Module, which: slice) -> torch.Tensor:
        return self._forward(self._features[which]).float()
