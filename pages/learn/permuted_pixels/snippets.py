"""Snippets that run as they stand."""

from __future__ import annotations

from cnnviz import experiments
from cnnviz.experiments import running
from cnnviz.measurements import permutation_proofs, permuted_pixels
from cnnviz.operations import permutation
from cnnviz.training import augmentation
from pages.shared.image_picker import Picture
from pages.shared.source_box import source_box

PICTURES = """\
import torch
from cnnviz import datasets
from cnnviz.training import augmentation

pictures = datasets.load("digits", "test").images[:10]
permuted = augmentation.{function}(pictures, {seed}, share={share}, block={block})
order = augmentation.pixel_order({seed}, 28, 28, share={share}, block={block})  # of one order for all
back = permuted.flatten(2)[:, :, order.argsort()].view_as(pictures)
print("pixels that moved:", int((order != torch.arange(784)).sum()), "wrong after the inverse:",
      int((back != pictures).sum()))
"""

EXPERIMENT = """\
from cnnviz import experiments

experiment, found = experiments.get({name!r}), experiments.results({name!r})
for one in found.cells:
    print(one.cell.label, one.mean, "±", one.interval, "n =", one.n, one.cell.config)
print(*experiment.expect(found).sentences, sep="\\n")
# trains what is missing: python -m cnnviz.experiments {name}
"""

INSIDE = """\
import torch
from cnnviz import checkpoints
from cnnviz.training.augmentation import pixel_order

network = checkpoints.load({run!r}).double()
order = pixel_order(0, 28, 28)
x = torch.randn(10, 784, dtype=torch.float64)
with torch.no_grad():
    before = network(x.view(-1, 1, 28, 28))
    network.hidden1.weight.copy_(network.hidden1.weight[:, order])
    after = network(x[:, order].view(-1, 1, 28, 28))
print("largest difference of the logits:", float((before - after).abs().max()))
"""

DIGIT = """\
from cnnviz import {module}
from cnnviz.measurements import permuted_pixels

picture = {module}.read({reading!r})
found = permuted_pixels.answers(picture)
for row, probabilities in zip(found.rows, found.probabilities):
    print(row, found.classes[probabilities.argmax()], probabilities.max())
print(permuted_pixels.feature_maps(picture, layer={layer!r}).smoothness)
"""


def pictures(seed: int, share: float, block: int, *, fresh: bool) -> None:
    """Draw the source box of the permuted images."""
    function = "permute_each" if fresh else "permute_pixels"
    snippet = PICTURES.format(function=function, seed=seed, share=share, block=block)
    source_box(snippet, made_by=(augmentation.pixel_order, augmentation.permute_each, permutation.describe))


def experiment(name: str) -> None:
    """Draw the source box of an experiment."""
    source_box(EXPERIMENT.format(name=name), made_by=(experiments.get(name).expect, running.run))


def inside() -> None:
    """Draw the source box of what was found inside."""
    snippet = INSIDE.format(run=permuted_pixels.run_id("fc2layer", permuted=False))
    source_box(
        snippet,
        made_by=(permutation_proofs.moved_columns, permutation_proofs.no_trick, permutation_proofs.nearest_kernel),
    )


def digit(picture: Picture, layer: str) -> None:
    """A sample is read by its name, one's own image by its file's."""
    module, reading = ("samples", picture.name) if picture.name else ("images", picture.title)
    snippet = DIGIT.format(module=module, reading=reading, layer=layer)
    source_box(snippet, made_by=(permuted_pixels.answers, permuted_pixels.feature_maps))
