"""What the papers print about their networks, and where the networks that are built today differ from them.

Plain data: the page on architectures shows it beside its own counts, and builds both sides where both can be built
(`topics.architectures.paper_variants`). The papers are those of the networks' specs; each entry was read there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """What a paper prints, in its own digits: "138 M", "3.8 G", "" where it prints nothing. note: what is counted."""

    parameters: str = ""
    macs: str = ""
    note: str = ""


@dataclass(frozen=True)
class PaperDifference:
    """members: a pattern of the networks that it concerns. paper, here: one sentence each.

    theirs, ours: which networks to build and count for the two sides: a registered name, or a variant's key
    (`topics.architectures.paper_variants`); "{}" stands for the network itself. Both empty where nothing can be built.
    """

    members: str
    title: str
    paper: str
    here: str
    theirs: str = ""
    ours: str = "{}"


CLAIMS: dict[str, Claim] = {
    "lenet5_1998": Claim("60000", "", "trainable parameters"),
    "alexnet_2012": Claim("60 M"),
    "alexnet": Claim("60 M", "", "printed in 2012 for the network of two groups"),
    "vgg11": Claim("133 M"), "vgg13": Claim("133 M"), "vgg16": Claim("138 M"), "vgg19": Claim("144 M"),
    "googlenet": Claim("5 M", "1.5 G", "it says: 12 times fewer than AlexNet, and a budget of work"),
    "inception_v3": Claim("25 M", "5 G", "it says: less than 25 million, and 5 billion multiply-adds"),
    "resnet18": Claim("", "1.8 G"), "resnet34": Claim("", "3.6 G"), "resnet50": Claim("", "3.8 G"),
    "resnet101": Claim("", "7.6 G"), "resnet152": Claim("", "11.3 G"),
    "resnet20": Claim("0.27 M"), "resnet56": Claim("0.85 M"),
    "wide_resnet50_2": Claim("68.9 M"),
    "densenet201": Claim("20 M"),
    "resnext50_32x4d": Claim("25.0 M", "4.2 G"),
    "mobilenet_v1": Claim("4.2 M", "569 M"),
    "mobilenet_v2": Claim("3.4 M", "300 M"),
    "mobilenet_v3_large": Claim("5.4 M", "219 M"), "mobilenet_v3_small": Claim("2.5 M", "56 M"),
    "shufflenet_v2_x0_5": Claim("1.4 M", "41 M"), "shufflenet_v2_x1_0": Claim("2.3 M", "146 M"),
    "shufflenet_v2_x1_5": Claim("3.5 M", "299 M"), "shufflenet_v2_x2_0": Claim("7.4 M", "591 M"),
    "mnasnet1_0": Claim("3.9 M", "312 M", "of MnasNet-A1, which has gates; torchvision's has none"),
    "efficientnet_b0": Claim("5.3 M", "0.39 G"), "efficientnet_b1": Claim("7.8 M", "0.70 G"),
    "efficientnet_b2": Claim("9.2 M", "1.0 G", "at 260 × 260"), "efficientnet_b3": Claim("12 M", "1.8 G"),
    "efficientnet_b4": Claim("19 M", "4.2 G"), "efficientnet_b5": Claim("30 M", "9.9 G"),
    "efficientnet_b6": Claim("43 M", "19 G"), "efficientnet_b7": Claim("66 M", "37 G"),
    "vit_b_16": Claim("86 M"), "vit_l_16": Claim("307 M"), "vit_h_14": Claim("632 M"),
    "swin_t": Claim("29 M", "4.5 G"), "swin_s": Claim("50 M", "8.7 G"), "swin_b": Claim("88 M", "15.4 G"),
    "convnext_tiny": Claim("29 M", "4.5 G"), "convnext_small": Claim("50 M", "8.7 G"),
    "convnext_base": Claim("89 M", "15.4 G"), "convnext_large": Claim("198 M", "34.4 G"),
    "efficientnet_v2_s": Claim("22 M", "8.8 G"), "efficientnet_v2_m": Claim("54 M", "24 G"),
    "efficientnet_v2_l": Claim("120 M", "53 G"),
    "maxvit_t": Claim("31 M", "5.6 G"),
}  # fmt: skip

DIFFERENCES = (
    PaperDifference(
        r"lenet5(_1998)?", "Partial connections, or all of them",
        "C3's sixteen maps read three, four or all six of the maps before; pooling has a weight and a bias a map; the "
        "answer is the distance to ten drawn digits.",
        "As it is usually built today, every map reads all six, pooling has no weights, and a linear layer answers.",
        "lenet5_1998", "lenet5",
    ),
    PaperDifference(
        r"alexnet(_2012)?", "Two groups, or one tower",
        "Its maps number 96, 256, 384, 384 and 256; convolutions 2, 4 and 5 read only the half of the maps that lies "
        "on their own graphics card, and the first two answers are normalised over neighbouring maps.",
        "torchvision builds one tower of 64, 192, 384, 256 and 256 maps, as its author's later code, cuda-convnet2, "
        "has it; the paper of 2014 prints 384 for the fourth. Leaving out response normalisation, "
        "which that code has, is torchvision's doing.",
        "alexnet_2012", "alexnet",
    ),
    PaperDifference(
        r"vgg\d+_bn", "Batch normalisation", "The paper is older than batch normalisation and has none.",
        "A normalisation follows every convolution: two parameters a map more, and no multiply-adds as they are "
        "counted here.",
        "{}|no_bn",
    ),
    PaperDifference(
        r"vgg\d+(_bn)?", "Other image sizes",
        "For other sizes the linear layers are turned into convolutions, and the answers are averaged over the map.",
        "An adaptive pooling to 7 × 7 before the linear layers makes other sizes fit: at 224 it changes nothing.",
    ),
    PaperDifference(
        r"googlenet(_aux)?", "3 × 3 where the paper has 5 × 5",
        "The third branch of each block looks through a 5 × 5 kernel.",
        "That branch has a 3 × 3 kernel, as in the TensorFlow model that its weights come from; whoever corrects it "
        "has to train it anew.",
        "googlenet|5x5", "googlenet",
    ),
    PaperDifference(
        r"googlenet(_aux)?", "Batch normalisation instead of biases",
        "Its convolutions have biases and no batch normalisation, which came five months later; 5 × 5 too.",
        "Each convolution has no bias, and a normalisation with two parameters a map.",
        "googlenet|2014", "googlenet",
    ),
    PaperDifference(
        r"googlenet(_aux)?", "The auxiliary classifiers",
        "Two of them read middle blocks in training; at test time they are thrown away.",
        "torchvision removes them once its weights are loaded: that is `googlenet`; `googlenet_aux` keeps both.",
        "googlenet_aux", "googlenet",
    ),
    PaperDifference(
        r"inception_v3", "The auxiliary classifier counts",
        "Less than 25 million parameters, it says: that is without the auxiliary classifier.",
        "The published num_params includes it; it runs in training only.",
        "inception_v3|no_aux", "inception_v3",
    ),
    PaperDifference(
        r"inception_v3", "The first layers",
        "Table 1 goes from 73 × 73 to 35 × 35 by three 3 × 3 convolutions: 80 maps, 192 with stride 2, 288.",
        "A 1 × 1 convolution (80 maps), a 3 × 3 (192) and a max pooling with stride 2, as in its authors' later code.",
    ),
    PaperDifference(
        r"resnet(50|101|152)", "Which convolution takes the stride",
        "The first 1 × 1 convolution of a stage's first block has stride 2: it skips three quarters of the cells.",
        "The 3 × 3 convolution has it (known as v1.5): every cell is read, for more multiply-adds.",
        "{}|strided_1x1",
    ),
    PaperDifference(
        r"resnet(18|34)", "Shortcuts where maps shrink",
        "In its first comparison shortcuts have no parameters: every second cell, and zeros for the new maps "
        "(option A); 1 × 1 convolutions are option B.",
        "1 × 1 convolutions with batch normalisation, option B.",
        "{}|option_a",
    ),
    PaperDifference(
        r"(wide_)?resne(t|xt)\d+.*|plain\d+", "FLOPs that are multiply-adds",
        "What the paper calls FLOPs are multiply-adds: one addition and one multiplication count as one.",
        "The same is counted here. Twice as many where somebody counts both.",
    ),
    PaperDifference(
        r"densenet(121|161|169|201)", "Which depths there are",
        "Its table for ImageNet has networks of 121, 169 and 201 layers, with growth rate 32; what else stands there "
        "differs between its editions.",
        "These three, and 161, with growth rate 48 and 96 maps after the first layer.",
    ),
    PaperDifference(
        r"squeezenet(1_[01])?", "Version 1.1 is not in the paper",
        "Seven kernels a side in the first layer (96 maps), and pooling late: that is version 1.0.",
        "1.1 has three kernels a side, 64 maps, and pools earlier; its authors published it with their code.",
        "squeezenet1_0", "squeezenet1_1",
    ),
    PaperDifference(
        r"squeezenet", "Zeros around the image, or none",
        "Its first convolution reads no cell outside the image, and its pools keep a window that reaches past it.",
        "The same, as in Caffe, for which the weights were made. The package that holds them pads the first "
        "convolution with zeros and leaves such windows out: another network, with other answers.",
    ),
    PaperDifference(
        r"mnasnet\d_\d+", "Without gates",
        "Its network A1 has squeeze-and-excitation gates in some blocks: 3.9 million parameters, 312 million "
        "multiply-adds. A2 and A3 are larger, and more accurate.",
        "torchvision builds B1, whose search had no gates to choose from.",
    ),
    PaperDifference(
        r"efficientnet_(b0|lite0)", "Lite: for phones' arithmetic",
        "B0 has a squeeze-and-excitation gate in every block, and SiLU, whose range is hard to write in eight bits.",
        "Lite0 has neither: no gates, ReLU6; its cells see a part of the image, where a gate sees all of it.",
        "efficientnet_b0", "efficientnet_lite0",
    ),
    PaperDifference(
        r"efficientnet_b2", "At another size", "B2 is made for images of 260 × 260.",
        "torchvision's weights are used at 288 × 288.", "{}|260",
    ),
    PaperDifference(
        r"mobilenet_v1", "The last depthwise stride",
        "Table 1 prints stride 2 for the last depthwise layer, but leaves its maps at 7 × 7: one of the two is a "
        "misprint.",
        "Stride 1, so that the maps stay at 7 × 7 and the multiply-adds are the 569 million that the paper gives.",
        "{}|last_stride_2",
    ),
)  # fmt: skip


def claim(name: str) -> Claim | None:
    """What the paper prints about this network; None where nothing is noted here."""
    return CLAIMS.get(name)


def differences(name: str) -> tuple[PaperDifference, ...]:
    """Where this network and its paper differ."""
    return tuple(item for item in DIFFERENCES if re.fullmatch(item.members, name))


def printed(text: str) -> tuple[float, float]:
    """(value, half a unit of its last digit) of what a paper prints.

    >>> printed("3.8 G"), printed("60000")
    ((3800000000.0, 50000000.0), (60000.0, 0.5))
    """
    digits, _, unit = text.partition(" ")
    scale = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9}[unit]
    decimals = len(digits.partition(".")[2])
    return float(digits) * scale, 0.5 * scale * 10.0**-decimals
