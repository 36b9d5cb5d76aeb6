"""The line from LeNet to today's networks: what each changed against the one before, in one sentence.

A chapter names the networks of this project that stand for it; `before` and `after` are read from the chapters' own
`follows`. The papers are the specs'. Years are those of the first public version.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Chapter:
    """key: a registered network that stands for it. members: a pattern of all networks that belong to it.

    follows: the keys of what it was built on. change: what it changed against that.
    """

    key: str
    title: str
    year: int
    members: str
    follows: tuple[str, ...]
    change: str


CHAPTERS = (
    Chapter(
        "lenet5_1998", "LeNet-5", 1998, r"lenet5(_1998)?|cnn|net", (),
        "Shared 5×5 kernels and pooling, learned from end to end, read digits on bank cheques.",
    ),
    Chapter(
        "alexnet_2012", "AlexNet", 2012, r"alexnet_2012", ("lenet5_1998",),
        "The same plan on photographs of a thousand classes: ReLU, dropout, and two graphics cards to train it on.",
    ),
    Chapter(
        "zfnet", "ZFNet", 2013, r"zfnet", ("alexnet_2012",),
        "A smaller first kernel and stride, after looking at what AlexNet's layers answer to.",
    ),
    Chapter(
        "alexnet", "AlexNet in one group", 2014, r"alexnet", ("alexnet_2012",),
        "One tower instead of two, narrower, no response normalisation: this is the one that torchvision has.",
    ),
    Chapter(
        "vgg16", "VGG", 2014, r"vgg\d+", ("alexnet_2012", "zfnet"),
        "Only 3×3 kernels, many of them in a row: depth as the one thing that is varied.",
    ),
    Chapter(
        "googlenet", "GoogLeNet", 2014, r"googlenet(_aux)?|inception_cifar", ("alexnet_2012",),
        "Branches of several kernel sizes side by side, 1×1 bottlenecks, and no large linear layers.",
    ),
    Chapter(
        "vgg16_bn", "Batch normalisation", 2015, r"vgg\d+_bn|vgg_cifar|deep_cnn", ("vgg16", "googlenet"),
        "Each channel is normalised over the batch, so that deep plain networks train at higher learning rates.",
    ),
    Chapter(
        "inception_v3", "Inception v3", 2015, r"inception_v3", ("googlenet", "vgg16_bn"),
        "Two 3×3 in a row, or 1×7 and 7×1, in place of larger kernels; maps shrink by two parallel paths.",
    ),
    Chapter(
        "resnet50", "ResNet", 2015, r"resnet\d+|plain\d+", ("vgg16", "vgg16_bn"),
        "Blocks add to their input: the shortcut carries the signal past them, and 152 layers train.",
    ),
    Chapter(
        "squeezenet1_0", "SqueezeNet", 2016, r"squeezenet(\d_\d)?", ("alexnet", "googlenet"),
        "AlexNet's accuracy from a fiftieth of its parameters: a 1×1 squeeze before a block's 3×3, no linear layers.",
    ),
    Chapter(
        "wide_resnet50_2", "Wide ResNet", 2016, r"wide_resnet.*", ("resnet50",),
        "Wider blocks instead of more of them, which graphics cards run faster.",
    ),
    Chapter(
        "densenet121", "DenseNet", 2016, r"densenet\d+", ("resnet50",),
        "Concatenation where ResNet adds: each layer reads all earlier maps of its block and adds a few of its own.",
    ),
    Chapter(
        "resnext50_32x4d", "ResNeXt", 2016, r"resnext.*", ("resnet50", "googlenet"),
        "A block's 3×3 convolution in 32 groups: many narrow paths for the cost of one wide.",
    ),
    Chapter(
        "mobilenet_v1", "MobileNet v1", 2017, r"mobilenet_v1", ("vgg16", "squeezenet1_0"),
        "Every convolution but the first split into depthwise 3×3 and pointwise 1×1, for phones.",
    ),
    Chapter(
        "mobilenet_v2", "MobileNet v2", 2018, r"mobilenet_v2", ("mobilenet_v1", "resnet50"),
        "Shortcuts between narrow ends, width only inside the block, and no ReLU on the narrow end.",
    ),
    Chapter(
        "shufflenet_v2_x1_0", "ShuffleNet v2", 2018, r"shufflenet.*", ("mobilenet_v1", "densenet121"),
        "Designed by measured speed instead of counted operations: half the channels pass, then all are shuffled.",
    ),
    Chapter(
        "mnasnet1_0", "MNASNet", 2018, r"mnasnet.*", ("mobilenet_v2",),
        "MobileNet v2's blocks arranged by a search that timed its candidates on a phone.",
    ),
    Chapter(
        "mobilenet_v3_large", "MobileNet v3", 2019, r"mobilenet_v3.*", ("mobilenet_v2", "mnasnet1_0"),
        "Squeeze-and-excitation gates, hard-swish, a cheaper first and last part.",
    ),
    Chapter(
        "efficientnet_b0", "EfficientNet", 2019, r"efficientnet_(b\d|lite0)|tf_efficientnet.*",
        ("mnasnet1_0", "mobilenet_v2"),
        "One factor scales depth, width and image size together; Lite0 is the one without gates, for phones.",
    ),
    Chapter(
        "regnet_y_400mf", "RegNet", 2020, r"regnet.*", ("resnext50_32x4d",),
        "Not one network but a rule: widths on a straight line over depth, found by sampling thousands.",
    ),
    Chapter(
        "vit_b_16", "Vision transformer", 2020, r"vit_.*", ("resnet50",),
        "No convolution but the one that cuts the image into patches; attention does the rest.",
    ),
    Chapter(
        "swin_t", "Swin", 2021, r"swin_(v2_)?\w", ("vit_b_16", "resnet50"),
        "Attention in windows, and maps that shrink in stages as a convolutional network's do.",
    ),
    Chapter(
        "efficientnet_v2_s", "EfficientNet v2", 2021, r"efficientnet_v2.*", ("efficientnet_b0",),
        "Early blocks with one ordinary convolution in place of the separable pair: more operations, less time.",
    ),
    Chapter(
        "convnext_tiny", "ConvNeXt", 2022, r"convnext.*", ("resnet50", "swin_t", "mobilenet_v2"),
        "A ResNet with the transformers' habits: 7×7 depthwise kernels, layer normalisation, GELU, fewer activations.",
    ),
    Chapter(
        "maxvit_t", "MaxViT", 2022, r"maxvit.*", ("swin_t", "mobilenet_v2"),
        "Each block a MobileNet convolution, then attention within windows, then along a sparse grid.",
    ),
)  # fmt: skip


def chapter(name: str) -> Chapter | None:
    """The chapter that a network belongs to ("resnet18" → ResNet's); None for one that no chapter tells of."""
    plain = name.removeprefix("timm/").partition(".")[0]
    return next((item for item in CHAPTERS if re.fullmatch(item.members, plain)), None)


def before(item: Chapter) -> tuple[Chapter, ...]:
    """What it was built on, the oldest first."""
    return tuple(other for other in CHAPTERS if other.key in item.follows)


def after(item: Chapter) -> tuple[Chapter, ...]:
    """What was built on it, the oldest first."""
    return tuple(other for other in CHAPTERS if item.key in other.follows)
