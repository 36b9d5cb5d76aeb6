"""Snippets that run as they stand."""

from __future__ import annotations

from cnnviz import experiments
from cnnviz.experiments import running
from cnnviz.probes import norms
from cnnviz.records.gradient_norms import gradient_norms
from pages.shared.source_box import source_box

EXPERIMENT = """\
from cnnviz import experiments
from cnnviz.records.gradient_norms import gradient_norms

experiment, found = experiments.get({name!r}), experiments.results({name!r})
for one in found.cells:
    norms = gradient_norms(one)
    print(one.cell.label, one.mean, "±", one.interval, "n =", one.n)
    print("  first layer over last, at the first step:", norms.share[0], "at the last:", norms.share[-1])
print(*experiment.expect(found).sentences, sep="\\n")
# trains what is missing: python -m cnnviz.experiments {name}
"""

MEASURE = """\
import torch
from cnnviz import datasets, models
from cnnviz.training.augmentation import subset

torch.manual_seed(0)
network = models.build({model!r}, {options}).train()
data = datasets.load("digits", "train")
images, labels = subset(data.images, data.labels, count=64, seed=0)
loss = torch.nn.functional.cross_entropy(network((images.float() / 255 - 0.13) / 0.31), labels)
loss.backward()
for name, module in network.named_modules():
    if isinstance(module, torch.nn.Conv2d | torch.nn.Linear):
        print(name, float(module.weight.grad.norm()))
"""


def experiment(name: str) -> None:
    """Draw the source box of an experiment."""
    cell = experiments.get(name).cells[0]
    options = ", ".join(f"{key}={value!r}" for key, value in cell.config.options)
    source_box(
        EXPERIMENT.format(name=name),
        MEASURE.format(model=cell.config.model, options=options),
        made_by=(norms.gradient_norms, gradient_norms, experiments.get(name).expect, running.run),
    )
