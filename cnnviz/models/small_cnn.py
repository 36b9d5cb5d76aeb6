"""Two convolutions with as many parameters as FC2Layer: what weight sharing buys for the same price."""

from __future__ import annotations

from torch import Tensor, nn

from cnnviz.models.entries import ON_MNIST, REGISTRY, Entry, ModelError, Shape, at_least
from cnnviz.records import Spec


class CNN(nn.Module):
    """conv 5×5, ReLU, pool, conv 5×5, ReLU, pool, linear 50, ReLU, linear.

    forward: [N, C, H, W] -> log-probabilities [N, classes].
    Course material: LeCun and Canziani, Deep Learning (New York University, 2020), convolutional networks lesson.
    """

    def __init__(self, input_shape: Shape, n_feature: int, classes: int) -> None:
        super().__init__()
        channels, height, width = input_shape
        rows, columns = ((side - 4) // 2 for side in (height, width))
        rows, columns = ((side - 4) // 2 for side in (rows, columns))
        self.conv1 = nn.Conv2d(channels, n_feature, kernel_size=5)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(n_feature, n_feature, kernel_size=5)
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(2)
        self.flatten = nn.Flatten()
        self.fc1 = nn.Linear(n_feature * rows * columns, 50)
        self.relu3 = nn.ReLU()
        self.fc2 = nn.Linear(50, classes)
        self.log_softmax = nn.LogSoftmax(dim=1)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] → log-probabilities [N, classes]."""
        x = self.pool1(self.relu1(self.conv1(x)))
        x = self.pool2(self.relu2(self.conv2(x)))
        x = self.relu3(self.fc1(self.flatten(x)))
        return self.log_softmax(self.fc2(x))


def build(input_shape: Shape, classes: int, *, n_feature: int = 6) -> nn.Module:
    """n_feature: channels of both convolutions, 1 to 512."""
    at_least("cnn", input_shape, 16)
    if not 1 <= n_feature <= 512:
        raise ModelError(f"cnn was asked for n_feature={n_feature}; 1 to 512 would work")
    return CNN(input_shape, n_feature, classes)


def spec() -> Spec:
    """Its input shape, classes, paper and published counts."""
    return Spec(
        name="cnn",
        title="CNN",
        input_shape=(1, 28, 28),
        **ON_MNIST,
        year=2020,
        paper="Y. LeCun, A. Canziani: Deep Learning, course at New York University",
        link="https://atcold.github.io/NYU-DLSP20/",
        idea="The same number of parameters as FC2Layer, spent on small kernels that are reused at every place.",
        parameters=6_422,
        macs=149_300,
    )


REGISTRY.add("cnn", Entry("cnn", "CNN", "The course's networks", spec, build, trainable=True, rank=(20,)))
