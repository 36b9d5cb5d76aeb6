"""Snippets that run as they stand, and what each part has to take along."""

from __future__ import annotations

import csv
import io

import numpy as np

from cnnviz.topics.dropout import masks, statistics, tail
from cnnviz.topics.dropout import network as dropout_measured
from cnnviz.topics.dropout.records import Averages, Disturbed, MonteCarlo
from pages.shared.downloads import downloads
from pages.shared.image_picker import Picture
from pages.shared.source_box import source_box

MASK = """\
import torch
from torch.nn import functional as F

x, p = torch.tensor({x}), 0.5
torch.manual_seed({seed})
mask = torch.rand({count}) >= p                 # keep where the random number reaches p
upscale = x * mask / (1 - p)                  # what F.dropout and nn.Dropout do in training; testing: x
downscale = x * mask                          # the first paper's way; testing: x * (1 - p)
print(upscale, downscale, x * (1 - p))
print(F.dropout(x, p, training=True), F.dropout(x, p, training=False))
print(F.dropout2d(torch.ones(1, 4, 2, 2), p)[0, :, 0, 0])  # whole channels: 0 or 1 / (1 - p)
"""

MEANS = """\
import torch
from torch.nn import functional as F

x, p = torch.tensor({x}), {p}
torch.manual_seed({seed})
for n in (1, 10, 100, 1_000, 10_000):
    outputs = F.dropout(x.expand(n, -1), p, training=True)
    print(n, (outputs.mean(0) - x).square().mean().sqrt())  # falls as 1 / sqrt(n)
print(outputs.var(0), x**2 * p / (1 - p))
"""


def mask(x: np.ndarray, numbers: np.ndarray, *, seed: int) -> None:
    """Source and take-away of the first part."""
    row = np.round(x.ravel()[:8].astype(np.float64), 4).tolist()
    downloads(
        [
            (
                "Numbers and random numbers (NPZ)",
                "dropout-mask.npz",
                "application/zip",
                lambda: npz(x=x, uniform=numbers),
            )
        ],
        key="dropout.take",
    )
    source_box(MASK.format(x=row, seed=seed, count=len(row)), made_by=(masks.drop, masks.keep))


def means(x: np.ndarray, p: float, *, seed: int) -> None:
    """Code for the mean over many masks. x: [K], the values; p: the share to drop."""
    row = np.round(x.astype(np.float64), 4).tolist()
    source_box(MEANS.format(x=row, p=p, seed=seed), made_by=(statistics.averages, statistics.fitted))


def npz(**arrays: np.ndarray) -> bytes:
    """The named arrays as a compressed NPZ."""
    target = io.BytesIO()
    np.savez_compressed(target, **arrays)  # type: ignore[arg-type]
    return target.getvalue()


NETWORK = """\
import torch
from cnnviz import capture, images, networks, outputs, {module}
from cnnviz.outputs.chances import distribution, sides

network = networks.open_network({choice!r})
x = images.to_tensor({module}.read({reading!r}), network.spec, fit={fit!r})
said = outputs.of(capture.activations(network.model, x), network.spec)  # logits of classes, a softmax, labels, …
layer = network.model.get_submodule({layer!r})
torch.manual_seed(0)
handle = layer.register_forward_hook(lambda module, inputs, output: torch.nn.functional.{function}(output, {p}))
try:
    masked = torch.from_numpy(distribution(capture.logits(network.model, x), said))
finally:
    handle.remove()
plain = torch.from_numpy(distribution(capture.logits(network.model, x), said))
best = int(plain.argmax())
print(sides(said)[best], float(plain[best]), "masked:", float(masked[best]))
"""

PREDICTION = """\
from cnnviz import capture, images, networks, {module}
from cnnviz.topics.dropout import network as dropout

network = networks.open_network({choice!r})
x = images.to_tensor({module}.read({reading!r}), network.spec, fit={fit!r})
recording = capture.activations(network.model, x)
found = dropout.monte_carlo(network.model, recording, {key!r}, {p}, passes=100)
best = int(found.mean.argmax())
print(network.spec.classes[best], found.mean[best], "±", found.std[best])
print("entropy", found.entropy, "disagreement", found.disagreement)
"""

SHARING = """\
import torch

units, p = {units}, 0.5
torch.manual_seed({seed})
one, other = torch.rand(units) >= p, torch.rand(units) >= p
both, either = int((one & other).sum()), int((one | other).sum())
print(both, "expected", (1 - p) ** 2 * units)
print("Jaccard", both / max(either, 1), "expected about", (1 - p) / (1 + p), "masks", 2**units)
"""


def take_means(found: Averages) -> None:
    """The means as a table, one line for each n."""
    downloads([("Errors by n (CSV)", "dropout-means.csv", "text/csv", lambda: _means_csv(found))], key="dropout.take")


def network(choice: str, picture: Picture, fit: str, found: Disturbed, *, seed: int) -> None:
    """Code that masks a layer of that network and runs on from it."""
    layer = found.key if found.twice is not None else ""
    function = "dropout2d" if found.channelwise else "dropout"
    filled = {**_where(choice, picture, fit), "layer": layer, "function": function, "p": 0.5}
    snippets = [NETWORK.format(**filled)] if layer else []
    arrays = {"values": found.values, "uniform": found.uniform, "following": found.following}
    arrays |= {"masked_following": found.masked_following, "p": np.array(found.probabilities)}
    name = f"dropout-{found.key}-seed{seed}.npz"
    downloads([("Both layers (NPZ)", name, "application/zip", lambda: npz(**arrays))], key="dropout.take")
    source_box(*snippets, made_by=(dropout_measured.disturb, tail.by_graph))


def prediction(choice: str, picture: Picture, fit: str, *, key: str, p: float) -> None:
    """Code for the prediction under many masks. key: the masked layer."""
    snippet = PREDICTION.format(**_where(choice, picture, fit), key=key, p=p)
    source_box(snippet, made_by=(dropout_measured.monte_carlo, dropout_measured.entropy))


def take_samples(found: MonteCarlo, name: str) -> None:
    """The download of every mask's probabilities. name: of the image."""
    items = [
        ("100 predictions (NPZ)", f"dropout-{name}.npz", "application/zip", lambda: npz(probabilities=found.samples))
    ]
    downloads(items, key="dropout.take")


def sharing(units: int, *, seed: int) -> None:
    """Code for two masks over so many units."""
    source_box(SHARING.format(units=units, seed=seed), made_by=(statistics.sharing, statistics.subnetworks))


def _where(choice: str, picture: Picture, fit: str) -> dict[str, str]:
    """Module and argument that read the image again: a sample by its name, one's own by its file's."""
    module, reading = ("samples", picture.name) if picture.name else ("images", picture.title)
    return {"module": module, "reading": reading, "choice": choice, "fit": fit}


def _means_csv(found: Averages) -> str:
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["n", "upscale_rms", "upscale_expected", "downscale_rms", "downscale_expected"])
    columns = (found.counts, found.rms, found.expected, found.downscale_rms, found.downscale_expected)
    writer.writerows(zip(*(column.tolist() for column in columns), strict=True))
    return target.getvalue()
