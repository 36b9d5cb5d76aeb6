"""From LeNet to MobileNet: the networks themselves, and a line of networks that change in one thing at a time.

    python -m cnnviz.topics.compare.architecture_history         writes lines.json anew (seconds)

LeCun et al. (1998); Krizhevsky, Sutskever & Hinton (2012); Simonyan & Zisserman (2014); Lin, Chen & Yan, "Network In
Network" (2013: the average in place of linear layers); Ioffe & Szegedy (2015); He et al. (2015); Howard et al. (2017);
Sandler et al. (2018).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from cnnviz import models
from cnnviz.measurements import architectures
from cnnviz.models import history
from cnnviz.records import Spec
from cnnviz.records.architectures import Architecture
from cnnviz.topics.compare import published
from cnnviz.topics.compare.records import LineStep

HISTORY = ("lenet5", "alexnet_2012", "vgg16", "googlenet", "resnet50", "mobilenet_v1", "mobilenet_v2")
STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))  # VGG-16's: channels, convolutions
FIRST = "Shared 5×5 kernels and pooling, for digits."
LINES = Path(__file__).with_name("lines.json")
KINDS = ("one change at a time", "the networks themselves")
PICTURE, CLASSES = (3, 224, 224), 1000


@dataclass(frozen=True)
class NetworkPlan:
    """What a network of the line is made of. The default is VGG-16.

    middle: of each unit after the first: "whole" (one 3×3), "bottleneck" (1×1 to a quarter, 3×3, 1×1 back),
    "depthwise" (the same, each channel's 3×3 by itself), "inverted" (a quarter outside, six times that inside).
    """

    hidden: bool = True  # two linear layers of 4096 before the last; else the average of each map
    norm: bool = False
    shortcut: bool = False
    middle: str = "whole"
    strided: bool = False  # stages begin with a stride; else they end with a 2×2 max pooling


CHANGES: tuple[tuple[str, str, NetworkPlan], ...] = (
    ("VGG-16", "Every large kernel becomes a row of 3×3, thirteen convolutions in all.", NetworkPlan()),
    ("Averages", "Each map's average takes the place of two linear layers of 4,096.", NetworkPlan(hidden=False)),
    ("Batch normalisation", "Every convolution is followed by a normalisation.", NetworkPlan(False, True)),
    ("Shortcuts", "Where a unit keeps its channels, its input is added to its output.", NetworkPlan(False, True, True)),
    ("Bottlenecks", "1×1 to a quarter of the channels, 3×3 there, 1×1 back.",
     NetworkPlan(False, True, True, "bottleneck")),
    ("Depthwise", "The 3×3 filters each channel by itself.", NetworkPlan(False, True, True, "depthwise")),
    ("Inverted", "Narrow outside, six times as wide inside: the shortcut joins the narrow ends.",
     NetworkPlan(False, True, True, "inverted")),
    ("Strides, not pooling", "Each stage begins with a stride of 2 instead of ending with a pooling.",
     NetworkPlan(False, True, True, "inverted", True)),
)  # fmt: skip


class ConvolutionUnit(nn.Module):
    """One unit of a stage, and its input added where `add`. [N, C, H, W] -> [N, outputs, H/stride, W/stride]."""

    def __init__(self, inputs: int, outputs: int, plan: NetworkPlan, stride: int, *, first: bool = False) -> None:
        super().__init__()
        self.add = plan.shortcut and inputs == outputs and stride == 1 and not first
        self.body = nn.Sequential(*_body(inputs, outputs, "whole" if first else plan.middle, plan.norm, stride))
        self.relu = nn.ReLU(inplace=True) if plan.middle != "inverted" or first else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """ReLU of the body's result, plus its input where that is wanted."""
        y = self.body(x)
        return self.relu(y + x if self.add else y)


class LineNetwork(nn.Module):
    """A network of the line. [N, 3, 224, 224] -> logits [N, 1000]."""

    def __init__(self, plan: NetworkPlan) -> None:
        super().__init__()
        self.features = nn.Sequential(*_stages(plan))
        self.pool = nn.AdaptiveAvgPool2d(7 if plan.hidden else 1)
        wide = STAGES[-1][0] // (4 if plan.middle == "inverted" else 1)
        self.flatten = nn.Flatten()
        hidden = (nn.Linear(49 * wide, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU()) if plan.hidden else ()
        self.classifier = nn.Sequential(*hidden, nn.Linear(4096 if plan.hidden else wide, CLASSES))

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] → logits [N, classes]."""
        return self.classifier(self.flatten(self.pool(self.features(x))))


def _stages(plan: NetworkPlan) -> Iterator[nn.Module]:
    inputs = PICTURE[0]
    for channels, count in STAGES:
        outputs = channels // 4 if plan.middle == "inverted" else channels
        for index in range(count):
            stride = 2 if plan.strided and index == 0 else 1
            yield ConvolutionUnit(inputs, outputs, plan, stride, first=inputs == PICTURE[0])
            inputs = outputs
        if not plan.strided:
            yield nn.MaxPool2d(2)


def _body(inputs: int, outputs: int, middle: str, norm: bool, stride: int) -> Iterator[nn.Module]:
    if middle == "whole":
        yield from _convolution(inputs, outputs, norm, kernel=3, stride=stride)
        return
    inner = 6 * inputs if middle == "inverted" else outputs // 4
    yield from _convolution(inputs, inner, norm, kernel=1)
    yield nn.ReLU()
    groups = 1 if middle == "bottleneck" else inner
    yield from _convolution(inner, inner, norm, kernel=3, stride=stride, groups=groups)
    yield nn.ReLU()
    yield from _convolution(inner, outputs, norm, kernel=1)


def _convolution(
    inputs: int, outputs: int, norm: bool, *, kernel: int, stride: int = 1, groups: int = 1
) -> Iterator[nn.Module]:
    yield nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=not norm)
    if norm:
        yield nn.BatchNorm2d(outputs)


# ------------------------------------------------------------------------------------------------ the lines
@functools.cache
def line(kind: str = KINDS[0]) -> tuple[LineStep, ...]:
    """The steps of one line as they were counted when lines.json was written; a test counts them again."""
    return tuple(LineStep(**step) for step in json.loads(LINES.read_text("utf-8"))[kind])


def networks() -> tuple[LineStep, ...]:
    """The networks of the course in order, each on its own images."""
    changes = {chapter.key: chapter.change for chapter in history.CHAPTERS} | {
        "lenet5": "Shared 5×5 kernels and pooling."
    }
    found = ((name, architectures.survey(name)) for name in HISTORY)
    return tuple(_step(counted.spec.title, changes.get(name, ""), counted, name) for name, counted in found)


def one_at_a_time() -> tuple[LineStep, ...]:
    """LeNet-5 as it is, on photographs, AlexNet, VGG-16, and from there one change a step, up to MobileNet v2."""
    small = architectures.survey("lenet5")
    with torch.device("meta"):
        large = models.build("lenet5", input_shape=PICTURE, classes=CLASSES)
    photographs = replace(small.spec, input_shape=PICTURE)
    steps = [
        _step("LeNet-5", "Two 5×5 convolutions, two poolings, three linear layers; digits.", small, "lenet5"),
        _step("On photographs", "The same layers on 3 × 224 × 224 images of 1,000 classes.",
              architectures.count(large, photographs, PICTURE)),
        _step("AlexNet", "Five convolutions with more channels, the first with stride 4; 4,096 hidden units, twice.",
              architectures.survey("alexnet"), "alexnet"),
    ]  # fmt: skip
    steps += [_step(title, change, counted(plan)) for title, change, plan in CHANGES]
    last = "Its own number of blocks and channels in each stage, and a last 1×1 to 1280."
    return (*steps, _step("MobileNet v2", last, architectures.survey("mobilenet_v2"), "mobilenet_v2"))


def counted(plan: NetworkPlan) -> Architecture:
    """A network of the line, counted without weights."""
    with torch.device("meta"):
        model = LineNetwork(plan).eval()
    none: tuple[float, ...] = (0.0, 0.0, 0.0)
    return architectures.count(model, Spec("line", "line", PICTURE, none, none, ()), PICTURE)


def _step(title: str, change: str, counted: Architecture, name: str = "") -> LineStep:
    field, status = published.widest_field(counted.rows)
    side = counted.input_shape[1]
    return LineStep(title, change, counted.parameters, counted.macs, field, status, counted.depth, side, name)


def write() -> None:
    """Measure both lines of networks anew and write them to their file."""
    lines = {KINDS[0]: one_at_a_time(), KINDS[1]: networks()}
    told = {kind: [asdict(step) for step in steps] for kind, steps in lines.items()}
    LINES.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    write()
