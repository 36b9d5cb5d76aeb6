"""An Inception network of our own for 32×32 images: four branches a block, laid one behind the other.

The block is that of C. Szegedy et al.: Going Deeper with Convolutions, 2014, https://arxiv.org/abs/1409.4842, with
batch normalisation after each convolution, as in S. Ioffe, C. Szegedy: Batch Normalization, 2015,
https://arxiv.org/abs/1502.03167, section 4.2. The plan around it is ours: nobody has published a result for it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cnnviz.models.entries import ON_CIFAR10, REGISTRY, Entry, Shape, at_least
from cnnviz.records import Spec

START = 24
# Channels of the branches: 1×1; 1×1 before 3×3, 3×3; 1×1 before 5×5, 5×5; 1×1 after the pooling.
PLAN = {
    "inception1": (16, 16, 24, 8, 8, 8),
    "inception2": (24, 24, 40, 8, 16, 16),
    "inception3": (40, 32, 64, 12, 24, 24),
    "inception4": (48, 40, 80, 16, 32, 32),
}
HALVED = ("inception2", "inception3")  # a 2×2 max pooling goes before these


class ConvolutionNormReLU(nn.Sequential):
    """A convolution that keeps the map's size, batch normalisation, ReLU: [N, C, H, W] -> [N, channels, H, W]."""

    def __init__(self, inputs: int, channels: int, size: int) -> None:
        super().__init__()
        self.add_module("conv", nn.Conv2d(inputs, channels, kernel_size=size, padding=size // 2, bias=False))
        self.add_module("norm", nn.BatchNorm2d(channels))
        self.add_module("relu", nn.ReLU(inplace=True))


class Inception(nn.Module):
    """1×1, 1×1 → 3×3, 1×1 → 5×5 and max pooling → 1×1, side by side: [N, C, H, W] -> [N, sum of the four, H, W]."""

    def __init__(self, inputs: int, one: int, narrow3: int, three: int, narrow5: int, five: int, pooled: int) -> None:
        super().__init__()
        self.branch1 = ConvolutionNormReLU(inputs, one, 1)
        self.branch2 = nn.Sequential(ConvolutionNormReLU(inputs, narrow3, 1), ConvolutionNormReLU(narrow3, three, 3))
        self.branch3 = nn.Sequential(ConvolutionNormReLU(inputs, narrow5, 1), ConvolutionNormReLU(narrow5, five, 5))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), ConvolutionNormReLU(inputs, pooled, 1))
        self.channels = one + three + five + pooled

    def forward(self, x: Tensor) -> Tensor:
        """The four branches' maps, one behind the other."""
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class CifarInception(nn.Module):
    """A 3×3 convolution, four Inception blocks on 32, 16, 8 and 8 cells a side, global average, linear.

    forward: [N, C, H, W] -> logits [N, classes].
    """

    inception1: Inception
    inception2: Inception
    inception3: Inception
    inception4: Inception
    pool2: nn.MaxPool2d
    pool3: nn.MaxPool2d

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.stem = ConvolutionNormReLU(channels, START, 3)
        width = START
        for name, branches in PLAN.items():
            if name in HALVED:
                self.add_module(f"pool{name[-1]}", nn.MaxPool2d(2))
            block = Inception(width, *branches)
            self.add_module(name, block)
            width = block.channels
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(width, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] → logits [N, classes]."""
        x = self.inception1(self.stem(x))
        x = self.inception3(self.pool3(self.inception2(self.pool2(x))))
        return self.classifier(self.flatten(self.pool(self.inception4(x))))


def build(input_shape: Shape, classes: int) -> nn.Module:
    """The network for images of at least 4×4 pixels. Raises ModelError."""
    at_least("inception_cifar", input_shape, 4)
    return CifarInception(input_shape[0], classes)


def spec() -> Spec:
    """Its input shape, classes, paper and counts."""
    return Spec(
        name="inception_cifar",
        title="Small Inception (CIFAR)",
        **ON_CIFAR10,
        year=2014,
        paper="C. Szegedy et al.: Going Deeper with Convolutions",
        link="https://arxiv.org/abs/1409.4842",
        idea="Kernels of 1×1, 3×3 and 5×5 and a pooling read the same maps side by side; the next block sees all four.",
        parameters=124_282,
        notes=("the paper's block, with batch normalisation; the plan of four blocks is ours, not published",),
    )


REGISTRY.add(
    "inception_cifar",
    Entry(
        "inception_cifar", "Small Inception (CIFAR)", "Blocks for small images", spec, build, trainable=True,
        rank=(211,),
    ),
)  # fmt: skip
