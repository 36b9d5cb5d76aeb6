"""Snippets that run as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnnviz import experiments
from cnnviz.experiments import running
from cnnviz.models import cifar_resnet
from cnnviz.probes import norms, residual_blocks
from cnnviz.records.gradient_norms import gradient_norms
from cnnviz.topics.degradation import residual_plans
from pages.shared.image_picker import Picture
from pages.shared.source_box import source_box

EXPERIMENT = """\
from cnnviz import experiments

experiment, found = experiments.get({name!r}), experiments.results({name!r})
for one in found.cells:
    wrong = [round(1 - run.ending("accuracy", batches=100), 4) for run in one.runs]
    print(one.cell.label, "training error at the end, by seed:", wrong, "test accuracy:", one.mean)
if found.complete:
    print(*experiment.expect(found).sentences, sep="\\n")
# trains what is missing: python -m cnnviz.experiments {name}
"""

GRADIENTS = """\
from cnnviz import experiments
from cnnviz.records.gradient_norms import gradient_norms

for one in experiments.results("degradation").cells:
    norms = gradient_norms(one)
    if norms is not None:
        print(one.cell.label, len(norms.layers), "layers; first over last, at the first and the last step:",
              norms.share[0], norms.share[-1])
"""

BLOCKS = """\
import torch
from cnnviz import experiments, models
from cnnviz.probes.residual_blocks import residual_to_input
from cnnviz.topics.degradation.records import ratios

for one in experiments.results({name!r}).cells:
    found = ratios(one)
    if found is not None:
        print(one.cell.label, "mean over the blocks:", found.values[0].mean(), "->", found.values[-1].mean())
network = models.build("resnet20", identity_start=True)  # a network that starts as its shortcuts
print(residual_to_input(network, torch.randn(4, 3, 32, 32)))
"""

PICTURE = """\
import torch
from cnnviz import images, models, {module}

picture = {module}.read({reading!r})
network = models.build("resnet{depth}", seed={seed}, shortcut={shortcut!r}, identity_start={identity_start}).train()
x = images.to_tensor(picture, models.spec("resnet{depth}"))
with torch.no_grad():
    x = network.relu(network.norm(network.conv(x)))
    for block in [*network.stage1, *network.stage2, *network.stage3]:
        carried = x if block.shortcut is None else block.shortcut(x)
        added = block.norm2(block.conv2(block.relu1(block.norm1(block.conv1(x)))))
        print(f"{{carried.norm():.4f}} {{added.norm():.4f}}")
        x = block.relu2(carried + added)
"""


def experiment(name: str) -> None:
    """Draw the source box of an experiment."""
    made_by = (experiments.get(name).expect, cifar_resnet.BasicBlock, running.run)
    source_box(EXPERIMENT.format(name=name), made_by=made_by)


def gradients() -> None:
    """Draw the source box of the gradient norms."""
    source_box(GRADIENTS, made_by=(norms.gradient_norms, gradient_norms))


def blocks(name: str) -> None:
    """Draw the source box of the blocks' ratios."""
    source_box(BLOCKS.format(name=name), made_by=(residual_blocks.residual_to_input, cifar_resnet.BasicBlock))


def picture(current: Picture, chosen: Mapping[str, Any]) -> None:
    """A sample is read by its name, one's own image by its file's."""
    module, reading = ("samples", current.name) if current.name else ("images", current.title)
    snippet = PICTURE.format(module=module, reading=reading, **chosen)
    source_box(snippet, made_by=(residual_plans.at_start, cifar_resnet.BasicBlock, cifar_resnet.Projection))
