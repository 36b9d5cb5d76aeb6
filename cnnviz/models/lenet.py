"""LeNet-5 as it is built today: full connections, ReLU and max pooling by default. `lenet5_1998` is the paper's own."""

from __future__ import annotations

from torch import Tensor, nn

from cnnviz.models.entries import ON_MNIST, REGISTRY, Entry, Shape, at_least, choice
from cnnviz.records import Spec

ACTIVATIONS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
POOLS: dict[str, type[nn.Module]] = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}


class LeNet5(nn.Module):
    """conv 6, pool, conv 16, pool, 120, 84, classes; padding by 2 makes of 28×28 the paper's 32×32.

    forward: [N, C, H, W] -> logits [N, classes].
    """

    def __init__(self, input_shape: Shape, classes: int, activation: str, pooling: str) -> None:
        super().__init__()
        channels, height, width = input_shape
        rows, columns = ((side // 2 - 4) // 2 for side in (height, width))
        active, pool = ACTIVATIONS[activation], POOLS[pooling]
        self.conv1 = nn.Conv2d(channels, 6, kernel_size=5, padding=2)
        self.activation1 = active()
        self.pool1 = pool(2)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.activation2 = active()
        self.pool2 = pool(2)
        self.flatten = nn.Flatten()
        self.fc1 = nn.Linear(16 * rows * columns, 120)
        self.activation3 = active()
        self.fc2 = nn.Linear(120, 84)
        self.activation4 = active()
        self.fc3 = nn.Linear(84, classes)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] → logits [N, classes]."""
        x = self.pool1(self.activation1(self.conv1(x)))
        x = self.pool2(self.activation2(self.conv2(x)))
        x = self.activation3(self.fc1(self.flatten(x)))
        return self.fc3(self.activation4(self.fc2(x)))


def build(input_shape: Shape, classes: int, *, activation: str = "relu", pooling: str = "max") -> nn.Module:
    """activation: "relu", "tanh" or "sigmoid". pooling: "max" or "average"."""
    at_least("lenet5", input_shape, 12)
    activation = choice("activation", activation, tuple(ACTIVATIONS))
    return LeNet5(input_shape, classes, activation, choice("pooling", pooling, tuple(POOLS)))


def spec() -> Spec:
    """Its input shape, classes, paper and published counts."""
    return Spec(
        name="lenet5",
        title="LeNet-5",
        input_shape=(1, 28, 28),
        **ON_MNIST,
        year=1998,
        paper="Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-Based Learning Applied to Document Recognition",
        link="https://doi.org/10.1109/5.726791",
        idea="Convolution, pooling, convolution, pooling, then linear layers: the plan that later networks grew from.",
        parameters=61_706,
        macs=416_520,
        notes=("built as is usual today; the paper of 1998, with its partly connected C3, has 60,000 (lenet5_1998)",),
    )


REGISTRY.add("lenet5", Entry("lenet5", "LeNet-5", "The course's networks", spec, build, trainable=True, rank=(30,)))
