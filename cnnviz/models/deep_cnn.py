"""A stack of equal convolutions, as deep as is asked for: what activation, normalisation and shortcuts do to depth."""

from __future__ import annotations

from torch import Tensor, nn

from cnnviz.models.entries import ON_MNIST, REGISTRY, Entry, ModelError, Shape, at_least, choice
from cnnviz.models.lenet import ACTIVATIONS
from cnnviz.records import Spec

WIDTH = 16  # channels of every layer
DEPTHS = (1, 100)


class ConvolutionLayer(nn.Module):
    """3×3 convolution, batch normalisation where asked for, activation; with `skip` the input is added afterwards."""

    def __init__(self, activation: str, batch_norm: bool, skip: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(WIDTH, WIDTH, kernel_size=3, padding=1, bias=not batch_norm)
        self.norm = nn.BatchNorm2d(WIDTH) if batch_norm else None
        self.activation = ACTIVATIONS[activation]()
        self.skip = skip

    def forward(self, x: Tensor) -> Tensor:
        """Convolution, normalisation, activation; with a shortcut, its input is added."""
        y = self.conv(x)
        if self.norm is not None:
            y = self.norm(y)
        y = self.activation(y)
        return x + y if self.skip else y


class DeepCNN(nn.Module):
    """A convolution with stride 2, `depth` equal layers of 16 channels, global average pooling, linear.

    forward: [N, C, H, W] -> logits [N, classes]. Weights start as is usual for the activation: Xavier (Glorot and
    Bengio 2010) for sigmoid and tanh, He (He et al. 2015, "Delving Deep into Rectifiers") for ReLU; biases at 0.
    """

    def __init__(self, channels: int, classes: int, depth: int, activation: str, batch_norm: bool, skip: bool) -> None:
        super().__init__()
        self.stem = nn.Conv2d(channels, WIDTH, kernel_size=3, stride=2, padding=1)
        self.activation = ACTIVATIONS[activation]()
        self.layers = nn.Sequential(*(ConvolutionLayer(activation, batch_norm, skip) for _ in range(depth)))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(WIDTH, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                _start(module, activation)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] → logits [N, classes]."""
        x = self.layers(self.activation(self.stem(x)))
        return self.classifier(self.flatten(self.pool(x)))


def _start(module: nn.Conv2d, activation: str) -> None:
    if activation == "relu":
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    else:
        nn.init.xavier_normal_(module.weight, gain=5 / 3 if activation == "tanh" else 1.0)
    if module.bias is not None:
        nn.init.zeros_(module.bias)


def build(
    input_shape: Shape, classes: int, *, depth: int = 16, activation: str = "relu", batch_norm: bool = False,
    skip: bool = False,
) -> nn.Module:  # fmt: skip
    """depth: equal layers after the first convolution, 1 to 100. activation: "relu", "tanh" or "sigmoid"."""
    at_least("deep_cnn", input_shape, 4)
    if not DEPTHS[0] <= depth <= DEPTHS[1]:
        raise ModelError(f"deep_cnn was asked for depth={depth}; {DEPTHS[0]} to {DEPTHS[1]} would work")
    kind = choice("activation", activation, tuple(ACTIVATIONS))
    return DeepCNN(input_shape[0], classes, depth, kind, batch_norm, skip)


def spec() -> Spec:
    """Its input shape, classes, paper and published counts."""
    return Spec(
        name="deep_cnn",
        title="Deep plain CNN",
        input_shape=(1, 28, 28),
        **ON_MNIST,
        year=2010,
        paper="X. Glorot, Y. Bengio: Understanding the difficulty of training deep feedforward neural networks",
        link="https://proceedings.mlr.press/v9/glorot10a.html",
        idea="Sixteen equal convolutions and nothing else: depth by itself, to which one thing is added at a time.",
        parameters=(9 + 1) * WIDTH + 16 * (9 * WIDTH + 1) * WIDTH + (WIDTH + 1) * 10,
        macs=14 * 14 * 9 * WIDTH * (1 + 16 * WIDTH) + WIDTH * 10,
    )


REGISTRY.add(
    "deep_cnn",
    Entry("deep_cnn", "Deep plain CNN", "Degradation: with and without shortcuts", spec, build, trainable=True,
          rank=(190,)),
)  # fmt: skip
