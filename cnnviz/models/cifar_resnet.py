"""The networks of the degradation experiment: the same stack of 3×3 convolutions, with and without shortcuts.

K. He, X. Zhang, S. Ren, J. Sun: Deep Residual Learning for Image Recognition, 2015, section 4.2.
https://arxiv.org/abs/1512.03385
"""

from __future__ import annotations

import functools

from torch import Tensor, nn
from torch.nn import functional

from cnnviz.models.entries import ON_CIFAR10, REGISTRY, Entry, Shape, at_least, choice
from cnnviz.records import Spec

# Depth (6n + 2 layers with weights): parameters, and multiply-adds of convolutions and the linear layer at 32×32.
PUBLISHED = {20: (269_722, 40_551_040), 56: (853_018, 125_485_696)}


class IdentityShortcut(nn.Module):
    """The paper's option A: every second cell, and new channels of zeros. No parameters.

    [N, C, H, W] -> [N, channels, ⌈H/stride⌉, ⌈W/stride⌉].
    """

    def __init__(self, inputs: int, channels: int, stride: int) -> None:
        super().__init__()
        self.stride, self.more = stride, channels - inputs

    def forward(self, x: Tensor) -> Tensor:
        """Every `stride`-th cell, with channels of zeros added: the paper's option A, without parameters."""
        return functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.more))


class Projection(nn.Sequential):
    """The paper's option B: a 1×1 convolution with the block's stride, then batch normalisation.

    [N, C, H, W] -> [N, channels, ⌈H/stride⌉, ⌈W/stride⌉].
    """

    def __init__(self, inputs: int, channels: int, stride: int) -> None:
        super().__init__(
            nn.Conv2d(inputs, channels, kernel_size=1, stride=stride, bias=False), nn.BatchNorm2d(channels)
        )


SHORTCUTS: dict[str, type[nn.Module]] = {"padding": IdentityShortcut, "projection": Projection}


class BasicBlock(nn.Module):
    """Two 3×3 convolutions with batch normalisation; with a shortcut their input is added before the last ReLU.

    shortcut: what carries the input where its size changes, a key of SHORTCUTS; None: no shortcuts at all.
    """

    def __init__(self, inputs: int, channels: int, stride: int, shortcut: str | None) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, channels, kernel_size=3, stride=stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        same = stride == 1 and inputs == channels
        self.shortcut = None if same or shortcut is None else SHORTCUTS[shortcut](inputs, channels, stride)
        self.residual = shortcut is not None
        self.relu2 = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """ReLU(F(x) + x), or ReLU(F(x)) in the plain network."""
        y = self.relu1(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        if self.residual:
            y = y + (x if self.shortcut is None else self.shortcut(x))
        return self.relu2(y)


class CifarResNet(nn.Module):
    """A convolution, three stages of n blocks with 16, 32, 64 channels, global average, linear: 6n + 2 layers.

    forward: [N, C, H, W] -> logits [N, classes]. identity_start: every branch begins by adding zero (the scale of its
    last normalisation is 0), so that the network starts as its shortcuts alone: Goyal et al. 2017, "Accurate, Large
    Minibatch SGD", section 5.1, https://arxiv.org/abs/1706.02677.
    """

    def __init__(self, channels: int, classes: int, depth: int, shortcut: str | None, identity_start: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, 16, kernel_size=3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(16)
        self.relu = nn.ReLU(inplace=True)
        blocks, inputs, stages = (depth - 2) // 6, 16, []
        for width, stride in ((16, 1), (32, 2), (64, 2)):
            first = BasicBlock(inputs, width, stride, shortcut)
            rest = [BasicBlock(width, width, 1, shortcut) for _ in range(blocks - 1)]
            stages.append(nn.Sequential(first, *rest))
            inputs = width
        self.stage1, self.stage2, self.stage3 = stages
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(64, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):  # He et al., Delving Deep into Rectifiers, 2015: as the paper initialises
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, BasicBlock) and identity_start:
                nn.init.zeros_(module.norm2.weight)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] → logits [N, classes]."""
        x = self.relu(self.norm(self.conv(x)))
        x = self.stage3(self.stage2(self.stage1(x)))
        return self.classifier(self.flatten(self.pool(x)))


def build_plain(name: str, depth: int, input_shape: Shape, classes: int) -> nn.Module:
    """The same stack of convolutions without shortcuts."""
    at_least(name, input_shape, 4)
    return CifarResNet(input_shape[0], classes, depth, None, False)


def build_residual(
    name: str, depth: int, input_shape: Shape, classes: int, *, shortcut: str = "padding", identity_start: bool = False
) -> nn.Module:
    """shortcut: what carries the input where its size changes, "padding" (option A) or "projection" (option B)."""
    at_least(name, input_shape, 4)
    kind = choice("shortcut", shortcut, tuple(SHORTCUTS))
    return CifarResNet(input_shape[0], classes, depth, kind, identity_start)


def spec(name: str, title: str, depth: int, residual: bool) -> Spec:
    """Its input shape, classes, paper and published counts."""
    parameters, macs = PUBLISHED[depth]
    idea = (
        "Shortcuts carry the input past two convolutions, so that more layers do not make training harder."
        if residual
        else "The same stack without shortcuts: deeper trains worse, even on its own training images."
    )
    return Spec(
        name=name,
        title=title,
        **ON_CIFAR10,
        year=2015,
        paper="K. He, X. Zhang, S. Ren, J. Sun: Deep Residual Learning for Image Recognition",
        link="https://arxiv.org/abs/1512.03385",
        idea=idea,
        parameters=parameters,
        macs=macs,
        notes=("shortcuts of option A (zeros for new channels): they add no parameters",) if residual else (),
    )


def _register(name: str, title: str, depth: int, residual: bool) -> None:
    made = functools.partial(build_residual if residual else build_plain, name, depth)
    said = functools.partial(spec, name, title, depth, residual)
    rank = (200, depth, int(not residual))
    REGISTRY.add(
        name, Entry(name, title, "Degradation: with and without shortcuts", said, made, trainable=True, rank=rank)
    )


for _depth in PUBLISHED:
    _register(f"resnet{_depth}", f"ResNet-{_depth} (CIFAR)", _depth, True)
    _register(f"plain{_depth}", f"Plain-{_depth} (CIFAR)", _depth, False)
