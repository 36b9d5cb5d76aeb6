"""LeNet-5 as its paper of 1998 describes it: trainable pooling, a partly connected layer, distances to drawn digits.

Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-Based Learning Applied to Document Recognition, 1998, section II.
https://doi.org/10.1109/5.726791
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cnnviz.models.entries import ON_MNIST, REGISTRY, Entry, ModelError, Shape
from cnnviz.records import Spec

# The paper's table I: which of S2's six maps each of C3's sixteen maps reads.
CONNECTIONS = (
    tuple(tuple((start + step) % 6 for step in range(3)) for start in range(6)),  # maps 0–5: three neighbours
    tuple(tuple((start + step) % 6 for step in range(4)) for start in range(6)),  # maps 6–11: four neighbours
    ((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),  # maps 12–14: two and two
    ((0, 1, 2, 3, 4, 5),),  # map 15: all
)
# 7×12 images of the ten digits, drawn for this project: what F6's 84 units should look like for each of them.
GLYPHS = """
.#####. ...##.. .#####. .#####. ....##. ####### ..####. ####### .#####. .#####.
##...## ..###.. ##...## ##...## ...###. ##..... .##.... .....## ##...## ##...##
##...## .####.. .....## .....## ..####. ##..... ##..... .....## ##...## ##...##
##...## ...##.. .....## .....## .##.##. ##..... ##..... ....##. ##...## ##...##
##...## ...##.. ....##. ....##. ##..##. ######. ######. ....##. .#####. ##...##
##...## ...##.. ....##. ..###.. ##..##. .....## ##...## ...##.. .#####. .######
##...## ...##.. ...##.. ....##. ####### .....## ##...## ...##.. ##...## .....##
##...## ...##.. ..##... .....## ....##. .....## ##...## ..##... ##...## .....##
##...## ...##.. ..##... .....## ....##. .....## ##...## ..##... ##...## .....##
##...## ...##.. .##.... ##...## ....##. ##...## ##...## .##.... ##...## ....##.
##...## ...##.. ##..... ##...## ....##. ##...## ##...## .##.... ##...## ...##..
.#####. .#####. ####### .#####. ....##. .#####. .#####. .##.... .#####. .###...
"""


class ScaledTanh(nn.Module):
    """1.7159 · tanh(2x/3): steepest near ±1, where the targets lie (the paper's appendix A)."""

    def forward(self, x: Tensor) -> Tensor:
        """1.7159 · tanh(2x/3), the paper's squashing function."""
        return torch.tanh(x * (2 / 3)) * 1.7159


class Subsampling(nn.Module):
    """The paper's pooling: the sum of 2×2 cells, times one weight a map, plus one bias a map. [N, C, H, W] -> half."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.average = nn.AvgPool2d(2)
        self.scale = nn.Conv2d(channels, channels, kernel_size=1, groups=channels)

    def forward(self, x: Tensor) -> Tensor:
        """The sum of each 2 × 2 window, times one weight and plus one bias a map."""
        return self.scale(self.average(x) * 4)


class PartialConvolution(nn.Module):
    """C3: sixteen 5×5 convolutions, each over some of the six maps: 1,516 parameters.

    [N, 6, H, W] -> [N, 16, H−4, W−4].

    Each kind of connection is one grouped convolution over the maps it reads, copied into order.
    """

    maps0: Tensor
    maps1: Tensor
    maps2: Tensor
    maps3: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList()
        for kind, readers in enumerate(CONNECTIONS):
            maps = [index for reader in readers for index in reader]
            self.register_buffer(f"maps{kind}", torch.tensor(maps), persistent=False)
            self.convolutions.append(nn.Conv2d(len(maps), len(readers), kernel_size=5, groups=len(readers)))

    def forward(self, x: Tensor) -> Tensor:
        """C3: each group of maps reads its own choice of the maps before, [N, 6, H, W] → [N, 16, H, W]."""
        maps = (self.maps0, self.maps1, self.maps2, self.maps3)
        read = zip(self.convolutions, maps, strict=True)
        return torch.cat([convolution(torch.index_select(x, 1, index)) for convolution, index in read], dim=1)


class Distances(nn.Module):
    """Minus the squared distance between 84 units and each class's fixed bitmap: 0 is a perfect match."""

    codes: Tensor

    def __init__(self, codes: Tensor) -> None:
        super().__init__()
        self.register_buffer("codes", codes, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """[N, 84] → the negative squared distance to each class's drawn code, [N, classes]."""
        return -((x.unsqueeze(1) - self.codes) ** 2).sum(dim=2)


class LeNet5Of1998(nn.Module):
    """C1, S2, C3, S4, C5, F6 and the distances, with the paper's names.

    forward: [N, C, 32, 32] (28×28 is padded to it) -> [N, classes], minus squared distances: the largest is the answer.
    """

    def __init__(self, channels: int, padding: int, codes: Tensor) -> None:
        super().__init__()
        self.C1 = nn.Conv2d(channels, 6, kernel_size=5, padding=padding)
        self.squash1 = ScaledTanh()
        self.S2 = Subsampling(6)
        self.squash2 = ScaledTanh()
        self.C3 = PartialConvolution()
        self.squash3 = ScaledTanh()
        self.S4 = Subsampling(16)
        self.squash4 = ScaledTanh()
        self.C5 = nn.Conv2d(16, 120, kernel_size=5)
        self.squash5 = ScaledTanh()
        self.flatten = nn.Flatten()
        self.F6 = nn.Linear(120, 84)
        self.squash6 = ScaledTanh()
        self.output = Distances(codes)

    def forward(self, x: Tensor) -> Tensor:
        """[N, 1, 32, 32] → negative squared distances [N, 10]; the nearest code is the answer."""
        x = self.squash2(self.S2(self.squash1(self.C1(x))))
        x = self.squash4(self.S4(self.squash3(self.C3(x))))
        x = self.flatten(self.squash5(self.C5(x)))
        return self.output(self.squash6(self.F6(x)))


def glyphs() -> Tensor:
    """[10, 84] of −1 and 1: the images of the ten digits, row by row."""
    rows = [line.split() for line in GLYPHS.split("\n") if line]
    return torch.tensor([[1.0 if c == "#" else -1.0 for row in rows for c in row[digit]] for digit in range(10)])


def build(input_shape: Shape, classes: int) -> nn.Module:
    """For other than ten classes the images are replaced by fixed random ones of −1 and 1."""
    if input_shape[1:] not in ((28, 28), (32, 32)):
        raise ModelError(
            f"lenet5_1998 was asked for images of {input_shape[1]}×{input_shape[2]}; 28×28 or 32×32 would work"
        )
    codes = glyphs()
    if classes != 10:
        coins = torch.randint(0, 2, (classes, 84), generator=torch.Generator("cpu").manual_seed(1998), device="cpu")
        codes = torch.tensor((coins * 2.0 - 1.0).tolist())
    return LeNet5Of1998(input_shape[0], 2 if input_shape[1] == 28 else 0, codes)


def spec() -> Spec:
    """Its input shape, classes, paper and published counts."""
    return Spec(
        name="lenet5_1998",
        title="LeNet-5 (1998)",
        input_shape=(1, 32, 32),
        **ON_MNIST,
        year=1998,
        paper="Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-Based Learning Applied to Document Recognition",
        link="https://doi.org/10.1109/5.726791",
        idea="The paper's own: maps that read only some maps, pooling with weights, and drawn digits as the targets.",
        parameters=60_000,
        notes=("the ten target images are drawn for this project; the paper shows its own in figure 3",),
    )


REGISTRY.add(
    "lenet5_1998",
    Entry("lenet5_1998", "LeNet-5 (1998)", "As the papers describe them", spec, build, trainable=True, rank=(300,)),
)
