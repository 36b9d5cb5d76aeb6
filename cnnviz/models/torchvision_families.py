"""What is known of torchvision's families of networks: who, when, and the one idea of each. In order of appearance."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """names: a pattern that a network's whole name matches; titled: its title, with the pattern's groups put in."""

    heading: str
    names: str
    titled: str
    year: int
    paper: str
    link: str
    idea: str
    note: str = ""


FAMILIES = (
    Family(
        "AlexNet", r"alexnet", "AlexNet", 2014,
        "A. Krizhevsky: One weird trick for parallelizing convolutional neural networks",
        "https://arxiv.org/abs/1404.5997",
        "Five convolutions and three linear layers, which hold 96 % of the parameters.",
        "one tower, as in cuda-convnet2 (2014), not the network of 2012: that is alexnet_2012",
    ),
    Family(
        "VGG", r"vgg(\d+)(_bn)?", "VGG-{0}{1}", 2014,
        "K. Simonyan, A. Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition",
        "https://arxiv.org/abs/1409.1556",
        "Small 3×3 kernels in a row see as far as one large kernel, with fewer weights and more bends.",
    ),
    Family(
        "GoogLeNet", r"googlenet", "GoogLeNet", 2014,
        "C. Szegedy et al.: Going Deeper with Convolutions",
        "https://arxiv.org/abs/1409.4842",
        "Inception blocks look at several scales at once; 1×1 convolutions keep them cheap.",
        "torchvision's has batch normalisation, and its 5×5 branches are 3×3; without the auxiliary heads (13,004,888)",
    ),
    Family(
        "Inception v3", r"inception_v3", "Inception v3", 2015,
        "C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna: Rethinking the Inception Architecture",
        "https://arxiv.org/abs/1512.00567",
        "Large kernels are factored: 5×5 into two 3×3, and n×n into 1×n and n×1.",
        "the count includes the auxiliary head, which runs in training only (23,834,568 without)",
    ),
    Family(
        "ResNet", r"resnet(\d+)", "ResNet-{0}", 2015,
        "K. He, X. Zhang, S. Ren, J. Sun: Deep Residual Learning for Image Recognition",
        "https://arxiv.org/abs/1512.03385",
        "Blocks learn what to add to their input; the shortcut lets a hundred layers train.",
        "from ResNet-50 on torchvision strides in the 3×3 convolution, the paper in the first 1×1",
    ),
    Family(
        "SqueezeNet", r"squeezenet(\d)_(\d)", "SqueezeNet {0}.{1}", 2016,
        "F. Iandola et al.: SqueezeNet: AlexNet-level accuracy with 50x fewer parameters",
        "https://arxiv.org/abs/1602.07360",
        "Fire modules squeeze the channels by 1×1 before they look around by 3×3.",
    ),
    Family(
        "Wide ResNet", r"wide_resnet(\d+)_2", "Wide ResNet-{0}-2", 2016,
        "S. Zagoruyko, N. Komodakis: Wide Residual Networks",
        "https://arxiv.org/abs/1605.07146",
        "Twice the channels inside each block instead of more blocks.",
    ),
    Family(
        "DenseNet", r"densenet(\d+)", "DenseNet-{0}", 2016,
        "G. Huang, Z. Liu, L. van der Maaten, K. Weinberger: Densely Connected Convolutional Networks",
        "https://arxiv.org/abs/1608.06993",
        "Every layer reads the maps of all layers before it in its block: concatenation where ResNet adds.",
    ),
    Family(
        "ResNeXt", r"resnext(\d+)_(\d+)x(\d+)d", "ResNeXt-{0} {1}×{2}d", 2016,
        "S. Xie, R. Girshick, P. Dollár, Z. Tu, K. He: Aggregated Residual Transformations",
        "https://arxiv.org/abs/1611.05431",
        "Many narrow paths in parallel, written as one grouped convolution.",
    ),
    Family(
        "MobileNet v2", r"mobilenet_v2", "MobileNet v2", 2018,
        "M. Sandler et al.: MobileNetV2: Inverted Residuals and Linear Bottlenecks",
        "https://arxiv.org/abs/1801.04381",
        "Widen, filter each channel by itself, narrow again; the shortcut joins the narrow ends.",
    ),
    Family(
        "ShuffleNet v2", r"shufflenet_v2_x(\d)_(\d)", "ShuffleNet v2 ×{0}.{1}", 2018,
        "N. Ma, X. Zhang, H.-T. Zheng, J. Sun: ShuffleNet V2: Practical Guidelines for Efficient CNNs",
        "https://arxiv.org/abs/1807.11164",
        "Half the channels pass untouched, then all are shuffled, so that halves meet in the next block.",
    ),
    Family(
        "MNASNet", r"mnasnet(\d)_(\d+)", "MNASNet {0}.{1}", 2018,
        "M. Tan et al.: MnasNet: Platform-Aware Neural Architecture Search for Mobile",
        "https://arxiv.org/abs/1807.11626",
        "Found by a search that measured speed on a real phone.",
    ),
    Family(
        "MobileNet v3", r"mobilenet_v3_(\w+)", "MobileNet v3 {0}", 2019,
        "A. Howard et al.: Searching for MobileNetV3",
        "https://arxiv.org/abs/1905.02244",
        "MobileNet v2's blocks with channel attention and hard-swish, placed by a search.",
    ),
    Family(
        "EfficientNet", r"efficientnet_b(\d)", "EfficientNet-B{0}", 2019,
        "M. Tan, Q. Le: EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
        "https://arxiv.org/abs/1905.11946",
        "Depth, width and image size grow together by one factor.",
    ),
    Family(
        "RegNet", r"regnet_(\w)_([\d_]+)(\wf)", "RegNet {0} {1}{2}", 2020,
        "I. Radosavovic, R. Kosaraju, R. Girshick, K. He, P. Dollár: Designing Network Design Spaces",
        "https://arxiv.org/abs/2003.13678",
        "Widths follow a straight line over the depth; Y adds channel attention to X.",
    ),
    Family(
        "ViT", r"vit_(\w)_(\d+)", "ViT-{0}/{1}", 2020,
        "A. Dosovitskiy et al.: An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale",
        "https://arxiv.org/abs/2010.11929",
        "The image is cut into patches, and every patch attends to every other.",
    ),
    Family(
        "Swin", r"swin_(\w)", "Swin-{0}", 2021,
        "Z. Liu et al.: Swin Transformer: Hierarchical Vision Transformer using Shifted Windows",
        "https://arxiv.org/abs/2103.14030",
        "Attention inside small windows, which shift from block to block; maps shrink as in a CNN.",
    ),
    Family(
        "EfficientNet v2", r"efficientnet_v2_(\w)", "EfficientNet v2 {0}", 2021,
        "M. Tan, Q. Le: EfficientNetV2: Smaller Models and Faster Training",
        "https://arxiv.org/abs/2104.00298",
        "Early blocks use plain 3×3 convolutions, which are faster on real machines.",
    ),
    Family(
        "Swin v2", r"swin_v2_(\w)", "Swin v2-{0}", 2021,
        "Z. Liu et al.: Swin Transformer V2: Scaling Up Capacity and Resolution",
        "https://arxiv.org/abs/2111.09883",
        "Normalisation after each branch and cosine attention keep large models stable.",
    ),
    Family(
        "ConvNeXt", r"convnext_(\w+)", "ConvNeXt {0}", 2022,
        "Z. Liu et al.: A ConvNet for the 2020s",
        "https://arxiv.org/abs/2201.03545",
        "A ResNet brought up to date step by step with what transformers taught: 7×7 depthwise, layer norm, GELU.",
    ),
    Family(
        "MaxViT", r"maxvit_(\w)", "MaxViT-{0}", 2022,
        "Z. Tu et al.: MaxViT: Multi-Axis Vision Transformer",
        "https://arxiv.org/abs/2204.01697",
        "Attention within blocks and along a sparse grid, after a MobileNet convolution.",
    ),
)  # fmt: skip

# Every classifier of torchvision 0.29: families in order of appearance, in each the smallest network first. Written
# out, because asking torchvision costs every start of the app a second; a test holds the list against torchvision.
NAMES = (
    "alexnet", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn", "googlenet",
    "inception_v3", "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "squeezenet1_1", "squeezenet1_0",
    "wide_resnet50_2", "wide_resnet101_2", "densenet121", "densenet169", "densenet201", "densenet161",
    "resnext50_32x4d", "resnext101_64x4d", "resnext101_32x8d", "mobilenet_v2", "shufflenet_v2_x0_5",
    "shufflenet_v2_x1_0", "shufflenet_v2_x1_5", "shufflenet_v2_x2_0", "mnasnet0_5", "mnasnet0_75", "mnasnet1_0",
    "mnasnet1_3", "mobilenet_v3_small", "mobilenet_v3_large", "efficientnet_b0", "efficientnet_b1",
    "efficientnet_b2", "efficientnet_b3", "efficientnet_b4", "efficientnet_b5", "efficientnet_b6",
    "efficientnet_b7", "regnet_y_400mf", "regnet_x_400mf", "regnet_y_800mf", "regnet_x_800mf", "regnet_x_1_6gf",
    "regnet_y_1_6gf", "regnet_x_3_2gf", "regnet_y_3_2gf", "regnet_y_8gf", "regnet_x_8gf", "regnet_x_16gf",
    "regnet_y_16gf", "regnet_x_32gf", "regnet_y_32gf", "regnet_y_128gf", "vit_b_16", "vit_b_32", "vit_l_16",
    "vit_l_32", "vit_h_14", "swin_t", "swin_s", "swin_b", "efficientnet_v2_s", "efficientnet_v2_m",
    "efficientnet_v2_l", "swin_v2_t", "swin_v2_s", "swin_v2_b", "convnext_tiny", "convnext_small", "convnext_base",
    "convnext_large", "maxvit_t",
)  # fmt: skip


def family(name: str) -> tuple[int, Family]:
    """Its place in the order of appearance, and the family. A network that torchvision adds later is its own family."""
    for place, candidate in enumerate(FAMILIES):
        if re.fullmatch(candidate.names, name):
            return place, candidate
    heading = "Other networks of torchvision"
    return len(FAMILIES), Family(
        heading, re.escape(name), name, 0, "", "https://docs.pytorch.org/vision/stable/models", ""
    )


def title(name: str) -> str:
    """ "resnext50_32x4d" -> "ResNeXt-50 32×4d"."""
    known = family(name)[1]
    match = re.fullmatch(known.names, name)
    parts = [_spoken(part or "") for part in match.groups()] if match else []
    return known.titled.format(*parts)


def _spoken(part: str) -> str:
    if part == "_bn":
        return " with batch norm"
    if part in ("gf", "mf"):
        return part.upper()
    return part.upper() if len(part) == 1 else part.rstrip("_").replace("_", ".")
