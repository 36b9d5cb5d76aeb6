"""A network without convolutions: every hidden unit reads every pixel, so their order means nothing to it."""

from __future__ import annotations

from math import prod

from torch import Tensor, nn

from cnnviz.models.entries import ON_MNIST, REGISTRY, Entry, ModelError, Shape
from cnnviz.records import Spec


class FC2Layer(nn.Module):
    """Two hidden layers: 784-8-8-10 for MNIST, with dropout after each ReLU where it is asked for.

    forward: [N, C, H, W] -> log-probabilities [N, classes].
    Course material: LeCun and Canziani, Deep Learning (New York University, 2020), convolutional networks lesson.
    """

    def __init__(self, inputs: int, hidden: int, classes: int, dropout: float) -> None:
        super().__init__()
        self.flatten = nn.Flatten()
        self.hidden1 = nn.Linear(inputs, hidden)
        self.relu1 = nn.ReLU()
        self.dropout1 = nn.Dropout(dropout) if dropout else None
        self.hidden2 = nn.Linear(hidden, hidden)
        self.relu2 = nn.ReLU()
        self.dropout2 = nn.Dropout(dropout) if dropout else None
        self.output = nn.Linear(hidden, classes)
        self.log_softmax = nn.LogSoftmax(dim=1)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] → log-probabilities [N, classes]."""
        x = self.relu1(self.hidden1(self.flatten(x)))
        if self.dropout1 is not None:
            x = self.dropout1(x)
        x = self.relu2(self.hidden2(x))
        if self.dropout2 is not None:
            x = self.dropout2(x)
        return self.log_softmax(self.output(x))


def build(input_shape: Shape, classes: int, *, hidden: int = 8, dropout: float = 0.0) -> nn.Module:
    """hidden: units in each of the two hidden layers, 1 to 4096. dropout: share of units that a step leaves out."""
    if not 1 <= hidden <= 4096:
        raise ModelError(f"fc2layer was asked for hidden={hidden}; 1 to 4096 would work")
    if not 0 <= dropout < 1:
        raise ModelError(f"fc2layer was asked for dropout={dropout}; 0 to below 1 would work")
    return FC2Layer(prod(input_shape), hidden, classes, dropout)


def spec() -> Spec:
    """Its input shape, classes, paper and published counts."""
    return Spec(
        name="fc2layer",
        title="FC2Layer",
        input_shape=(1, 28, 28),
        **ON_MNIST,
        year=2020,
        paper="Y. LeCun, A. Canziani: Deep Learning, course at New York University",
        link="https://atcold.github.io/NYU-DLSP20/",
        idea="Fully connected: it ignores where a pixel is; shuffling all images' pixels alike changes nothing.",
        parameters=6_442,
        macs=6_416,
    )


REGISTRY.add(
    "fc2layer", Entry("fc2layer", "FC2Layer", "The course's networks", spec, build, trainable=True, rank=(10,))
)
