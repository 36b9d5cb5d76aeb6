"""Snippets that run as they stand."""

from __future__ import annotations

from cnnviz import experiments
from cnnviz.experiments import running
from cnnviz.topics.training_choices import measurements, proofs, shared_batch
from cnnviz.topics.training_choices import optimizers as defined
from cnnviz.training import augmentation as code
from pages.shared.source_box import source_box

EXPERIMENT = """\
from cnnviz import experiments

experiment, found = experiments.get({name!r}), experiments.results({name!r})
for one in found.cells:
    print(one.cell.label, one.mean, "±", one.interval, "n =", one.n, one.cell.config)
if found.complete:
    print(*experiment.expect(found).sentences, sep="\\n")
# trains what is missing, side by side: python -m cnnviz.experiments {name} --race
"""

ORDER = """\
import torch
from cnnviz import datasets

data = datasets.load("digits")
shuffled = torch.randperm(len(data), generator=torch.Generator().manual_seed(0))
by_class = data.labels.argsort(stable=True)
for name, order in (("shuffled", shuffled), ("by class", by_class)):
    for batch in order.split(64)[:3]:
        print(name, data.labels[batch].bincount(minlength=10).tolist())
"""

BATCHES = """\
import torch

p = 0.7  # of all pictures are right
right = (torch.rand(100_000, generator=torch.Generator().manual_seed(0)) < p).double()
for size in (8, 32, 128, 512):
    batches = right[: len(right) // size * size].view(-1, size).mean(1)
    print(size, "spread", float(batches.std()), "expected", (p * (1 - p) / size) ** 0.5)
"""

SHARED = """\
import copy
import torch
from cnnviz import datasets, models

data = datasets.load("digits")
images, labels = data.images[:60] / 255, data.labels[:60]
for batch_norm in (False, True):
    model = models.build("deep_cnn", seed=0, input_shape=(1, 28, 28), depth=2, batch_norm=batch_norm).train()

    def gradient(images, labels):
        own = copy.deepcopy(model)
        loss = torch.nn.functional.cross_entropy(own(images), labels)
        return torch.cat([one.flatten() for one in torch.autograd.grad(loss, list(own.parameters()))])

    whole, shares = gradient(images, labels), (36, 16, 8)
    parts = [gradient(*part) for part in zip(images.split(shares), labels.split(shares))]
    mean = sum(size / 60 * part for size, part in zip(shares, parts))
    print("batch normalisation:", batch_norm, "apart:", float((mean - whole).norm() / whole.norm()))
"""

AUGMENTATION = """\
import torch
import torch.nn.functional as F
from cnnviz import datasets
from cnnviz.training import augmentation

images, chance = datasets.load("shapes").images[:8], torch.Generator().manual_seed(0)
top, left = torch.randint(0, 9, (2, 8), generator=chance)
cropped = augmentation.crop(F.pad(images, (4,) * 4), torch.arange(8), top, left, size=(32, 32))
flipped = augmentation.flip(cropped, torch.rand(8, generator=chance) < 0.5)
print(flipped.shape, "pictures that changed:", int((flipped != images).flatten(1).any(1).sum()))
"""

OPTIMIZERS = """\
import torch

gradient = 0.1
for name, make in (
    ("SGD", lambda w: torch.optim.SGD([w], lr=0.05)),
    ("momentum", lambda w: torch.optim.SGD([w], lr=0.05, momentum=0.9)),
    ("Adam", lambda w: torch.optim.Adam([w], lr=0.001)),
):
    w = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer, before = make(w), 0.0
    for step in range(60):
        w.grad, before = torch.full_like(w, gradient), w.item()
        optimizer.step()
    print(name, "moves by", abs(w.item() - before), "at step 60")
"""


def order(name: str) -> None:
    """Draw the source box of the order."""
    made_by = (
        experiments.get(name).expect,
        measurements.class_mixes,
        measurements.forgetting,
        code.Batches.epoch,
        running.run,
    )
    source_box(EXPERIMENT.format(name=name), ORDER, made_by=made_by)


def batches(name: str) -> None:
    """Draw the source box of the batch's size."""
    made_by = (
        experiments.get(name).expect,
        measurements.batch_noise,
        measurements.mean_of_gradients,
        shared_batch.measured,
        running.run,
    )
    source_box(EXPERIMENT.format(name=name), BATCHES, SHARED, made_by=made_by)


def augmentation(name: str) -> None:
    """Draw the source box of augmentation."""
    made_by = (experiments.get(name).expect, measurements.as_trained, code.crop, code.flip, running.run)
    source_box(EXPERIMENT.format(name=name), AUGMENTATION, made_by=made_by)


def optimizers(name: str) -> None:
    """Draw the source box of the optimisers."""
    made_by = (experiments.get(name).expect, defined.descend, proofs.against_torch, running.run)
    source_box(EXPERIMENT.format(name=name), OPTIMIZERS, made_by=made_by)
