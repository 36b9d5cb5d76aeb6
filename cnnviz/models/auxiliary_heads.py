"""GoogLeNet with the two auxiliary classifiers that it is trained with, as torchvision builds it.

In training each of them reads a middle block's maps, and its loss is added; in eval mode nothing asks them. torchvision
drops them after loading its weights, which is the network "googlenet". Inception v3 keeps its one ("inception_v3").
"""

from __future__ import annotations

import functools
from dataclasses import replace

from torch import nn

from cnnviz.models import torchvision_zoo
from cnnviz.models.entries import REGISTRY, Entry, Shape
from cnnviz.records import Spec


def build(input_shape: Shape, classes: int) -> nn.Module:
    """forward in eval mode: [N, 3, H, W] -> logits [N, classes]; in training also those of the two heads."""
    return torchvision_zoo.build("googlenet", input_shape, classes, aux_logits=True)


@functools.cache
def spec() -> Spec:
    """Its input shape, classes, paper and published counts."""
    plain = torchvision_zoo.spec("googlenet")
    return replace(
        plain,
        name="googlenet_aux",
        title="GoogLeNet with its heads",
        family="cnnviz",
        parameters=13_004_888,
        macs=1_498_376_192,
        weights="",
        notes=(
            "with the two auxiliary classifiers, which run in training only: half of all parameters",
            "torchvision's has batch normalisation, and its 5×5 branches are 3×3",
        ),
    )


REGISTRY.add(
    "googlenet_aux",
    Entry("googlenet_aux", "GoogLeNet with its heads", "As the papers describe them", spec, build, rank=(340,)),
)
