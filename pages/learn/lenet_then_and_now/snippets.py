"""Snippets that run as they stand."""

from __future__ import annotations

from cnnviz import experiments
from cnnviz.experiments import lenet_then_and_now, running
from cnnviz.models.lenet_1998 import Distances, PartialConvolution, Subsampling
from cnnviz.topics.lenet_then_and_now import proofs, stages
from pages.shared.image_picker import Picture
from pages.shared.source_box import source_box

EXPERIMENT = """\
from cnnviz import experiments
from cnnviz.experiments import lenet_then_and_now

experiment, found = experiments.get({name!r}), experiments.results({name!r})
for one in found.cells:
    print(one.cell.label, one.mean, "±", one.interval, "n =", one.n)
for change in lenet_then_and_now.changes(found):
    print(change.other, "->", change.one, change.mean, "±", change.interval)
print(*experiment.expect(found).sentences, sep="\\n")
# trains what is missing: python -m cnnviz.experiments {name}
"""

PAPER = """\
import torch
from cnnviz import models

for name in ("lenet5_1998", "lenet5"):
    network = models.build(name)
    for layer, module in network.named_children():
        print(name, layer, sum(item.numel() for item in module.parameters()))
    print(name, "together", sum(item.numel() for item in network.parameters()))
with torch.no_grad():
    print(models.build("lenet5_1998")(torch.zeros(1, 1, 32, 32)))  # minus squared distances to ten drawn digits
"""

PICTURE = """\
import torch
from cnnviz import capture, checkpoints, images, {module}

network, spec = checkpoints.load({run!r}), checkpoints.spec({run!r})
x = images.to_tensor({module}.read({reading!r}), spec)
before = torch.from_numpy(capture.layer(network, x, "conv1").copy())
active = {activation}(before)
pooled = torch.nn.functional.{pooling}(active[None], 2)[0]
print(tuple(pooled.shape), float(pooled.min()), float(pooled.max()))
"""
TORCH = {"sigmoid": "torch.sigmoid", "tanh": "torch.tanh", "ReLU": "torch.relu"}
POOLS = {"average": "avg_pool2d", "max": "max_pool2d"}


def experiment(name: str) -> None:
    """Draw the source box of the experiment."""
    source_box(
        EXPERIMENT.format(name=name),
        made_by=(experiments.get(name).expect, lenet_then_and_now.changes, running.run),
    )


def paper() -> None:
    """Draw the source box of the paper's layers."""
    layers = (Subsampling, PartialConvolution, Distances)
    source_box(PAPER, made_by=(*layers, stages.both, proofs.full_kernel))


def picture(chosen: Picture, activation: str, pooling: str) -> None:
    """A sample is read by its name, one's own image by its file's."""
    module, reading = ("samples", chosen.name) if chosen.name else ("images", chosen.title)
    read = "" if module == "images" else module
    snippet = PICTURE.format(
        module=module, run=stages.run_id(), reading=reading, activation=TORCH[activation], pooling=POOLS[pooling]
    )
    if not read:
        snippet = snippet.replace("images, images", "images")
    source_box(snippet, made_by=(stages.first_maps, stages.as_trained))
