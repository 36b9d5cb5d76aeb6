"""`Net`: LeNet's plan for small colour images, the network with which PyTorch's own CIFAR-10 tutorial begins."""

from __future__ import annotations

from torch import Tensor, nn

from cnnviz.models.entries import ON_CIFAR10, REGISTRY, Entry, Shape, at_least
from cnnviz.records import Spec


class Net(nn.Module):
    """conv 6@5×5, pool, conv 16@5×5, pool, 120, 84, classes, with ReLU.

    forward: [N, C, H, W] -> logits [N, classes].
    """

    def __init__(self, input_shape: Shape, classes: int) -> None:
        super().__init__()
        channels, height, width = input_shape
        rows, columns = (((side - 4) // 2 - 4) // 2 for side in (height, width))
        self.conv1 = nn.Conv2d(channels, 6, kernel_size=5)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(2)
        self.flatten = nn.Flatten()
        self.fc1 = nn.Linear(16 * rows * columns, 120)
        self.relu3 = nn.ReLU()
        self.fc2 = nn.Linear(120, 84)
        self.relu4 = nn.ReLU()
        self.fc3 = nn.Linear(84, classes)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] → logits [N, classes]."""
        x = self.pool1(self.relu1(self.conv1(x)))
        x = self.pool2(self.relu2(self.conv2(x)))
        x = self.relu3(self.fc1(self.flatten(x)))
        return self.fc3(self.relu4(self.fc2(x)))


def build(input_shape: Shape, classes: int) -> nn.Module:
    """`Net` for images of this shape, at least 16 pixels a side."""
    at_least("net", input_shape, 16)
    return Net(input_shape, classes)


def spec() -> Spec:
    """Its input shape, classes, paper and published counts."""
    return Spec(
        name="net",
        title="Net (CIFAR-10)",
        **ON_CIFAR10,
        year=2017,
        paper="PyTorch tutorials: Training a Classifier",
        link="https://docs.pytorch.org/tutorials/beginner/blitz/cifar10_tutorial.html",
        idea="LeNet-5 with three input channels: about 63 % on CIFAR-10, and a baseline to beat.",
        parameters=62_006,
        macs=651_720,
    )


REGISTRY.add("net", Entry("net", "Net (CIFAR-10)", "The course's networks", spec, build, trainable=True, rank=(40,)))
