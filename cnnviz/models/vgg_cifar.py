"""VGG-11's plan for 32×32 images: 3×3 convolutions in five stages, batch normalisation, one linear layer."""

from __future__ import annotations

from torch import Tensor, nn

from cnnviz.models.entries import ON_CIFAR10, REGISTRY, Entry, ModelError, Shape, at_least
from cnnviz.records import Spec

STAGES = ((64,), (128,), (256, 256), (512, 512), (512, 512))


class VGGCifar(nn.Module):
    """Every stage: 3×3 convolutions (with batch normalisation and ReLU), then 2×2 max pooling that halves the map.

    forward: [N, C, H, W] -> logits [N, classes]. A side that is odd keeps its last row or column through the pool.
    """

    def __init__(self, input_shape: Shape, classes: int, width: float, batch_norm: bool, he_start: bool) -> None:
        super().__init__()
        channels, *sides = input_shape
        self.features = nn.Sequential()
        for stage, widths in enumerate(STAGES, start=1):
            for index, base in enumerate(widths, start=1):
                wide = max(1, round(base * width))
                self.features.add_module(f"conv{stage}_{index}", nn.Conv2d(channels, wide, kernel_size=3, padding=1))
                if batch_norm:
                    self.features.add_module(f"norm{stage}_{index}", nn.BatchNorm2d(wide))
                self.features.add_module(f"relu{stage}_{index}", nn.ReLU(inplace=True))
                channels = wide
            odd = any(side % 2 for side in sides)
            self.features.add_module(f"pool{stage}", nn.MaxPool2d(2, ceil_mode=odd))
            sides = [(side + 1) // 2 if odd else side // 2 for side in sides]
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(channels * sides[0] * sides[1], classes)
        for module in self.features if he_start else ():
            if isinstance(module, nn.Conv2d) and module.bias is not None:
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, 32, 32] → logits [N, classes]."""
        return self.classifier(self.flatten(self.features(x)))


def build(
    input_shape: Shape, classes: int, *, width: float = 1.0, batch_norm: bool = True, he_start: bool = False
) -> nn.Module:
    """width: factor on every stage's channels, above 0 and up to 4. batch_norm: normalise after each convolution.

    he_start: kernels drawn as He et al. 2015, "Delving Deep into Rectifiers", section 2.2, have it, biases at 0;
    otherwise PyTorch's own draw, whose kernels have a sixth of that variance.
    """
    at_least("vgg_cifar", input_shape, 8)
    if not 0 < width <= 4:
        raise ModelError(f"vgg_cifar was asked for width={width}; a factor above 0 and up to 4 would work")
    return VGGCifar(input_shape, classes, width, batch_norm, he_start)


def spec() -> Spec:
    """Its input shape, classes, paper and published counts."""
    return Spec(
        name="vgg_cifar",
        title="VGG for CIFAR-10",
        **ON_CIFAR10,
        year=2014,
        paper="K. Simonyan, A. Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition",
        link="https://arxiv.org/abs/1409.1556",
        idea="Only 3×3 kernels, stacked: deep and regular. Batch normalisation (2015) lets it train from scratch.",
        parameters=9_231_114,
        macs=152_769_536,
    )


REGISTRY.add(
    "vgg_cifar",
    Entry("vgg_cifar", "VGG for CIFAR-10", "The course's networks", spec, build, trainable=True, rank=(50,)),
)
