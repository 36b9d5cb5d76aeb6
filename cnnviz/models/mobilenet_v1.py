"""MobileNet v1: every 3×3 convolution taken apart into one that looks around and one that mixes channels.

A. Howard, M. Zhu, B. Chen, D. Kalenichenko, W. Wang, T. Weyand, M. Andreetto, H. Adam: MobileNets: Efficient
Convolutional Neural Networks for Mobile Vision Applications, 2017, table 1. https://arxiv.org/abs/1704.04861
"""

from __future__ import annotations

from torch import Tensor, nn

from cnnviz.models.entries import ON_IMAGENET, REGISTRY, Entry, Shape, imagenet_classes
from cnnviz.records import Spec

# (channels out, stride) of the thirteen depthwise separable blocks after the first convolution: the paper's table 1.
# It prints stride 2 for the last depthwise layer too, but keeps its maps at 7×7: the stride is 1.
BLOCKS = (
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1),
    (1024, 2), (1024, 1),
)  # fmt: skip
FIRST = 32


class DepthwiseSeparable(nn.Module):
    """3×3 on each channel by itself, BatchNorm, ReLU; then 1×1 over all channels, BatchNorm, ReLU.

    forward: [N, C_in, H, W] -> [N, C_out, ⌈H/stride⌉, ⌈W/stride⌉].
    """

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(inputs, inputs, 3, stride=stride, padding=1, groups=inputs, bias=False)
        self.norm1 = nn.BatchNorm2d(inputs)
        self.relu1 = nn.ReLU(inplace=True)
        self.pointwise = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.relu2 = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """A filter a channel, then a mix of channels at each place."""
        x = self.relu1(self.norm1(self.depthwise(x)))
        return self.relu2(self.norm2(self.pointwise(x)))


class MobileNetV1(nn.Module):
    """One ordinary convolution, thirteen separable ones, the mean of each map, one linear layer.

    forward: [N, C, H, W] -> logits [N, classes].
    """

    def __init__(self, channels: int, classes: int, width: float) -> None:
        super().__init__()
        first = round(FIRST * width)
        self.conv = nn.Conv2d(channels, first, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(first)
        self.relu = nn.ReLU(inplace=True)
        self.blocks = nn.Sequential()
        for number, (outputs, stride) in enumerate(BLOCKS, 1):
            wide = round(outputs * width)
            self.blocks.add_module(f"block{number}", DepthwiseSeparable(first, wide, stride))
            first = wide
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(first, classes)

    def forward(self, x: Tensor) -> Tensor:
        """[N, 3, H, W] → logits [N, classes]."""
        x = self.blocks(self.relu(self.norm(self.conv(x))))
        return self.fc(self.flatten(self.pool(x)))


def build(input_shape: Shape, classes: int, *, width: float = 1.0) -> nn.Module:
    """width: the paper's multiplier of all channels, 1, 0.75, 0.5 or 0.25."""
    return MobileNetV1(input_shape[0], classes, width)


def spec() -> Spec:
    """Its input shape, classes, paper and published counts."""
    return Spec(
        name="mobilenet_v1",
        title="MobileNet v1",
        **ON_IMAGENET,
        classes=imagenet_classes(),
        year=2017,
        paper="A. Howard et al.: MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications",
        link="https://arxiv.org/abs/1704.04861",
        idea="Each convolution in two steps: 3×3 on every channel by itself, then 1×1 across the channels.",
        parameters=4_231_976,
        macs=568_740_352,
        notes=(
            "the paper rounds to 4.2 million parameters and 569 million multiply-adds",
            "nobody published weights of it for torchvision",
        ),
    )


REGISTRY.add(
    "mobilenet_v1", Entry("mobilenet_v1", "MobileNet v1", "As the papers describe them", spec, build, rank=(330,))
)
