"""AlexNet and ZFNet as their papers describe them: torchvision's AlexNet is a later, narrower one."""

from __future__ import annotations

from math import prod

import torch
from torch import Tensor, nn

from cnnviz.models.entries import ON_IMAGENET, REGISTRY, Entry, Shape, at_least, imagenet_classes
from cnnviz.records import Spec

GROUP = "As the papers describe them"


class AlexNet2012(nn.Module):
    """Five convolutions, three of them in two groups (one on each of two graphics cards), and three linear layers.

    forward: [N, C, H, W] -> logits [N, classes]. The order is the paper's: ReLU, response normalisation, pooling.
    """

    def __init__(self, input_shape: Shape, classes: int) -> None:
        super().__init__()
        self.features = nn.Sequential()
        for name, module in (
            ("conv1", nn.Conv2d(input_shape[0], 96, kernel_size=11, stride=4, padding=2)),
            ("relu1", nn.ReLU(inplace=True)),
            ("norm1", nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=2.0)),
            ("pool1", nn.MaxPool2d(kernel_size=3, stride=2)),
            ("conv2", nn.Conv2d(96, 256, kernel_size=5, padding=2, groups=2)),
            ("relu2", nn.ReLU(inplace=True)),
            ("norm2", nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=2.0)),
            ("pool2", nn.MaxPool2d(kernel_size=3, stride=2)),
            ("conv3", nn.Conv2d(256, 384, kernel_size=3, padding=1)),
            ("relu3", nn.ReLU(inplace=True)),
            ("conv4", nn.Conv2d(384, 384, kernel_size=3, padding=1, groups=2)),
            ("relu4", nn.ReLU(inplace=True)),
            ("conv5", nn.Conv2d(384, 256, kernel_size=3, padding=1, groups=2)),
            ("relu5", nn.ReLU(inplace=True)),
            ("pool5", nn.MaxPool2d(kernel_size=3, stride=2)),
        ):
            self.features.add_module(name, module)
        self.flatten = nn.Flatten()
        self.classifier = _classifier(_features(self.features, input_shape), classes)

    def forward(self, x: Tensor) -> Tensor:
        """[N, 3, 224, 224] → logits [N, classes]."""
        return self.classifier(self.flatten(self.features(x)))


class ZFNet(nn.Module):
    """AlexNet in one group with a finer first layer (7×7, stride 2), found by looking at what the layers see.

    forward: [N, C, H, W] -> logits [N, classes].
    """

    def __init__(self, input_shape: Shape, classes: int) -> None:
        super().__init__()
        self.features = nn.Sequential()
        for name, module in (
            ("conv1", nn.Conv2d(input_shape[0], 96, kernel_size=7, stride=2, padding=1)),
            ("relu1", nn.ReLU(inplace=True)),
            ("pool1", nn.MaxPool2d(kernel_size=3, stride=2, padding=1)),
            ("norm1", nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=2.0)),
            ("conv2", nn.Conv2d(96, 256, kernel_size=5, stride=2)),
            ("relu2", nn.ReLU(inplace=True)),
            ("pool2", nn.MaxPool2d(kernel_size=3, stride=2, padding=1)),
            ("norm2", nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=2.0)),
            ("conv3", nn.Conv2d(256, 384, kernel_size=3, padding=1)),
            ("relu3", nn.ReLU(inplace=True)),
            ("conv4", nn.Conv2d(384, 384, kernel_size=3, padding=1)),
            ("relu4", nn.ReLU(inplace=True)),
            ("conv5", nn.Conv2d(384, 256, kernel_size=3, padding=1)),
            ("relu5", nn.ReLU(inplace=True)),
            ("pool5", nn.MaxPool2d(kernel_size=3, stride=2)),
        ):
            self.features.add_module(name, module)
        self.flatten = nn.Flatten()
        self.classifier = _classifier(_features(self.features, input_shape), classes)

    def forward(self, x: Tensor) -> Tensor:
        """[N, 3, 224, 224] → logits [N, classes]."""
        return self.classifier(self.flatten(self.features(x)))


def _features(convolutions: nn.Module, input_shape: Shape) -> int:
    """How many numbers reach the first linear layer: a pass without data, on the meta device, tells."""
    with torch.device("meta"), torch.no_grad():
        shadow = {name: torch.empty_like(value, device="meta") for name, value in convolutions.state_dict().items()}
        shape = torch.func.functional_call(convolutions, shadow, (torch.empty(1, *input_shape),)).shape
    return prod(shape)


def _classifier(inputs: int, classes: int) -> nn.Sequential:
    """Two hidden layers of 4096 with dropout before each, as in both papers."""
    layers = nn.Sequential()
    layers.add_module("dropout6", nn.Dropout(0.5))
    layers.add_module("fc6", nn.Linear(inputs, 4096))
    layers.add_module("relu6", nn.ReLU(inplace=True))
    layers.add_module("dropout7", nn.Dropout(0.5))
    layers.add_module("fc7", nn.Linear(4096, 4096))
    layers.add_module("relu7", nn.ReLU(inplace=True))
    layers.add_module("fc8", nn.Linear(4096, classes))
    return layers


def build_alexnet(input_shape: Shape, classes: int) -> nn.Module:
    """AlexNet in two groups, for images of at least 63 pixels a side."""
    at_least("alexnet_2012", input_shape, 63)
    return AlexNet2012(input_shape, classes)


def build_zfnet(input_shape: Shape, classes: int) -> nn.Module:
    """ZFNet, for images of at least 63 pixels a side."""
    at_least("zfnet", input_shape, 63)
    return ZFNet(input_shape, classes)


def alexnet_spec() -> Spec:
    """What the paper of 2012 says of AlexNet, and its counts."""
    return Spec(
        name="alexnet_2012",
        title="AlexNet (2012)",
        **ON_IMAGENET,
        classes=imagenet_classes(),
        year=2012,
        paper="A. Krizhevsky, I. Sutskever, G. Hinton: ImageNet Classification with Deep Convolutional Neural Networks",
        link="https://papers.nips.cc/paper/4824-imagenet-classification-with-deep-convolutional-neural-networks",
        idea="ReLU, dropout and two graphics cards: the network that won ImageNet 2012 and began the present era.",
        parameters=60_965_224,
        macs=724_406_816,
        notes=(
            "the paper says 224×224 images and 55×55 maps: padding by 2 makes both true",
            "nobody published weights of it for PyTorch; torchvision's alexnet is the one-group variant of 2014",
        ),
    )


def zfnet_spec() -> Spec:
    """What the paper of 2013 says of ZFNet, and its counts."""
    return Spec(
        name="zfnet",
        title="ZFNet",
        **ON_IMAGENET,
        classes=imagenet_classes(),
        year=2013,
        paper="M. Zeiler, R. Fergus: Visualizing and Understanding Convolutional Networks",
        link="https://arxiv.org/abs/1311.2901",
        idea="Looking at AlexNet's layers showed aliasing; a smaller kernel and stride in the first layer removed it.",
        parameters=62_357_608,
        notes=("nobody published weights of it for PyTorch",),
    )


REGISTRY.add("alexnet_2012", Entry("alexnet_2012", "AlexNet (2012)", GROUP, alexnet_spec, build_alexnet, rank=(310,)))
REGISTRY.add("zfnet", Entry("zfnet", "ZFNet", GROUP, zfnet_spec, build_zfnet, rank=(320,)))
