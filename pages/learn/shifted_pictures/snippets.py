"""Snippets that run as they stand."""

from __future__ import annotations

from cnnviz import experiments
from cnnviz.experiments import running
from cnnviz.topics.shifted_pictures import digits
from cnnviz.training import augmentation
from pages.shared.image_picker import Picture
from pages.shared.source_box import source_box

EXPERIMENT = """\
from cnnviz import experiments

experiment, found = experiments.get({name!r}), experiments.results({name!r})
for one in found.cells:
    print(one.cell.label, one.mean, "±", one.sd, "n =", one.n)
print(*experiment.expect(found).sentences, sep="\\n")
# trains what is missing: python -m cnnviz.experiments {name}
"""

TEN = """\
from cnnviz import checkpoints, datasets
from cnnviz.measurements import permuted_pixels
from cnnviz.training import augmentation

data = datasets.load(permuted_pixels.dataset(), "test")
chosen = [data.labels.tolist().index(label) for label in range(10)]
for model in ("fc2layer", "cnn"):
    run = permuted_pixels.run_id(model, permuted=False)
    network, spec = checkpoints.load(run), checkpoints.spec(run)
    for by in range(9):
        moved = augmentation.moved(data.images[chosen], by).float() / 255
        answers = network((moved - spec.mean[0]) / spec.std[0]).argmax(1)
        print(model, by, "right:", int((answers == data.labels[chosen]).sum()))
"""

DIGIT = """\
import torch
from cnnviz import checkpoints, images, {module}
from cnnviz.measurements import permuted_pixels

picture, reach = {module}.read({reading!r}), 8
for model in ("fc2layer", "cnn"):
    run = permuted_pixels.run_id(model, permuted=False)
    network, spec = checkpoints.load(run), checkpoints.spec(run)
    x = images.to_tensor(picture, spec)
    large = torch.nn.functional.pad(x, (reach,) * 4, value=-spec.mean[0] / spec.std[0])
    places = [large[:, :, reach - down : reach - down + 28, reach - right : reach - right + 28]
              for down in range(-reach, reach + 1) for right in range(-reach, reach + 1)]
    answers = network(torch.cat(places)).argmax(1).view(2 * reach + 1, 2 * reach + 1)
    print(model, "keeps its answer at", int((answers == answers[reach, reach]).sum()), "of", answers.numel(), "places")
"""


def experiment(name: str) -> None:
    """Draw the source box of the experiment."""
    made_by = (experiments.get(name).expect, augmentation.moved, running.run)
    source_box(EXPERIMENT.format(name=name), made_by=made_by)


def ten() -> None:
    """Draw the source box of the ten digits."""
    source_box(TEN, made_by=(digits.ten, augmentation.moved))


def digit(picture: Picture) -> None:
    """A sample is read by its name, one's own image by its file's."""
    module, reading = ("samples", picture.name) if picture.name else ("images", picture.title)
    source_box(DIGIT.format(module=module, reading=reading), made_by=(digits.grid, digits.everywhere))
