"""A DenseNet for 32×32 images: every layer reads the maps of all earlier ones of its block, side by side.

G. Huang, Z. Liu, L. van der Maaten, K. Weinberger: Densely Connected Convolutional Networks, 2017, section 4.2.
https://arxiv.org/abs/1608.06993
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cnnviz.models.entries import ON_CIFAR10, REGISTRY, Entry, ModelError, Shape, at_least
from cnnviz.records import Spec

DEPTH, GROWTH = 22, 8
START = 16  # channels of the first convolution of a network without bottlenecks
BLOCKS = 3


class DenseLayer(nn.Module):
    """Normalisation, ReLU and a 3×3 convolution that adds `growth` channels: [N, C, H, W] -> [N, growth, H, W]."""

    def __init__(self, inputs: int, growth: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(inputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv = nn.Conv2d(inputs, growth, kernel_size=3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """The new channels alone."""
        return self.conv(self.relu(self.norm(x)))


class DenseBlock(nn.Module):
    """Layers each of which reads all maps so far: [N, C, H, W] -> [N, C + layers · growth, H, W]."""

    def __init__(self, inputs: int, layers: int, growth: int) -> None:
        super().__init__()
        self.layers = layers
        for index in range(layers):
            self.add_module(f"layer{index + 1}", DenseLayer(inputs + index * growth, growth))

    def forward(self, x: Tensor) -> Tensor:
        """The block's input and every layer's channels, in order."""
        maps = [x]
        for index in range(self.layers):
            maps.append(self.get_submodule(f"layer{index + 1}")(torch.cat(maps, 1)))
        return torch.cat(maps, 1)


class Transition(nn.Sequential):
    """Between two blocks: normalisation, ReLU, a 1×1 convolution that keeps the channels, average pooling by 2."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.add_module("norm", nn.BatchNorm2d(channels))
        self.add_module("relu", nn.ReLU(inplace=True))
        self.add_module("conv", nn.Conv2d(channels, channels, kernel_size=1, bias=False))
        self.add_module("pool", nn.AvgPool2d(2))


class CifarDenseNet(nn.Module):
    """A convolution, three dense blocks of (depth − 4)/3 layers, global average, linear. [N, C, H, W] -> logits."""

    block1: DenseBlock
    block2: DenseBlock
    block3: DenseBlock
    transition1: Transition
    transition2: Transition

    def __init__(self, channels: int, classes: int, depth: int, growth: int) -> None:
        super().__init__()
        layers = (depth - 4) // BLOCKS
        self.conv = nn.Conv2d(channels, START, kernel_size=3, padding=1, bias=False)
        width = START
        for index in range(BLOCKS):
            self.add_module(f"block{index + 1}", DenseBlock(width, layers, growth))
            width += layers * growth
            if index + 1 < BLOCKS:
                self.add_module(f"transition{index + 1}", Transition(width))
        self.norm = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(width, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):  # the paper initialises as He et al. 2015 do
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] → logits [N, classes]."""
        x = self.transition1(self.block1(self.conv(x)))
        x = self.block3(self.transition2(self.block2(x)))
        return self.classifier(self.flatten(self.pool(self.relu(self.norm(x)))))


def build(input_shape: Shape, classes: int, *, depth: int = DEPTH, growth: int = GROWTH) -> nn.Module:
    """depth: layers with weights, 3n + 4. growth: channels that each layer adds (the paper's k), from 1 on.

    Raises ModelError.
    """
    at_least("densenet22", input_shape, 4)
    if depth < 7 or (depth - 4) % BLOCKS or growth < 1:
        raise ModelError(
            f"densenet22 was asked for depth={depth}, growth={growth}; a depth of 3n + 4 from 7 on (as 22 or 40) and a "
            f"growth from 1 on would work"
        )
    return CifarDenseNet(input_shape[0], classes, depth, growth)


def spec() -> Spec:
    """Its input shape, classes, paper and counts."""
    return Spec(
        name="densenet22",
        title="DenseNet-22 (CIFAR)",
        **ON_CIFAR10,
        year=2017,
        paper="G. Huang, Z. Liu, L. van der Maaten, K. Weinberger: Densely Connected Convolutional Networks",
        link="https://arxiv.org/abs/1608.06993",
        idea="Every layer reads the maps of all earlier layers of its block, laid side by side, and adds eight.",
        parameters=131_242,
        notes=("the paper's plan for CIFAR without bottlenecks, with 22 layers and k = 8; its smallest is 40 and 12",),
    )


REGISTRY.add(
    "densenet22",
    Entry("densenet22", "DenseNet-22 (CIFAR)", "Blocks for small images", spec, build, trainable=True, rank=(210,)),
)
