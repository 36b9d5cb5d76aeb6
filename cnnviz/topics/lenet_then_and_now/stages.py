"""LeNet-5 of 1998 beside today's: their stages counted, and today's first maps under the older choices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image

from cnnviz import anatomy, capture, checkpoints, images, models
from cnnviz.models.lenet_1998 import CONNECTIONS, glyphs
from cnnviz.operations import activation as activations
from cnnviz.operations import pooling as pools
from cnnviz.records import Row
from cnnviz.records.pooling import PoolingSetting
from cnnviz.records.proofs import Proof
from cnnviz.topics.lenet_then_and_now.records import FirstMaps, Lenets, Shape, StagePair

THEN, NOW = "lenet5_1998", "lenet5"
STAGES = (
    ("C1", "conv1"), ("S2", "pool1"), ("C3", "conv2"), ("S4", "pool2"), ("C5", "fc1"), ("F6", "fc2"), ("output", "fc3"),
)  # fmt: skip
ACTIVATIONS = {"sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu"}
POOLINGS = ("average", "max")
TODAY = ("ReLU", "max")
TOLERANCE = 1e-5  # float32 against float64


def both() -> Lenets:
    """The two networks of the family, counted on the meta device."""
    then, now = (anatomy.inspect(models.build(name), models.spec(name).input_shape) for name in (THEN, NOW))
    stages = tuple(StagePair(old, *_stage(then, old), new, *_stage(now, new)) for old, new in STAGES)
    totals = [anatomy.totals(models.build(name), models.spec(name).input_shape) for name in (THEN, NOW)]
    table = np.zeros((6, 16), dtype=bool)
    for column, maps in enumerate(reader for readers in CONNECTIONS for reader in readers):
        table[list(maps), column] = True
    return Lenets(
        stages, totals[0].parameters, totals[1].parameters, totals[0].macs, totals[1].macs,
        models.spec(THEN).parameters or 0, table, glyphs().view(10, 12, 7).numpy(),
    )  # fmt: skip


def _stage(rows: Sequence[Row], name: str) -> tuple[Shape, int]:
    """Output shape of the stage's last step, and the parameters of all its steps."""
    own = [row for row in rows if row.name.split(".")[0] == name]
    return own[-1].output_shape, sum(row.parameters for row in own)


# --------------------------------------------------------------------------------------------- on an image
def run_id() -> str:
    """The shipped LeNet-5, trained on MNIST. Raises checkpoints.CheckpointError where it is not there."""
    for one in checkpoints.available():
        if one.shipped and (one.config.dataset, one.config.model, one.config.options) == ("mnist", NOW, ()):
            return one.run_id
    raise checkpoints.CheckpointError("the LeNet-5 trained on MNIST is not in checkpoints/; get it back from git")


def first_maps(picture: Image.Image, *, activation: str, pooling: str) -> FirstMaps:
    """The trained first convolution on the image, then that activation and that 2×2 pooling, in float64.

    activation: "sigmoid", "tanh" or "ReLU"; pooling: "average" or "max". Raises KeyError for another.
    """
    before = capture.layer(checkpoints.load(run_id()), _tensor(picture), "conv1").astype(np.float64)
    name = ACTIVATIONS[activation]
    active = activations.value(name, before)
    pooled = pools.pool(active, PoolingSetting(kind=pooling, kernel=(2, 2), stride=(2, 2))).values
    return FirstMaps(activation, pooling, before, active, pooled, float(activations.slope(name, before).mean()))


def as_trained(picture: Image.Image) -> Proof:
    """Today's choice, computed from the definitions, beside what the network itself made."""
    own = capture.layer(checkpoints.load(run_id()), _tensor(picture), "pool1")
    mine = first_maps(picture, activation=TODAY[0], pooling=TODAY[1]).pooled
    return Proof("ReLU and max pooling by their definitions are the trained network's own pool1",
                 float(np.abs(mine - own).max()), TOLERANCE)  # fmt: skip


def _tensor(picture: Image.Image) -> torch.Tensor:
    return images.to_tensor(picture, checkpoints.spec(run_id()))
