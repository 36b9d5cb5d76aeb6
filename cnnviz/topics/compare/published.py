"""What is published of every ImageNet network, with its receptive field: read from a table that this file writes.

    python -m cnnviz.topics.compare.published      writes published.json anew (about a minute; nothing is downloaded)

Accuracies, operations and file sizes are torchvision's meta data of each set of weights; the four networks that are not
torchvision's name their paper. Receptive fields and depths are counted by `anatomy`.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cnnviz import models
from cnnviz.measurements import architectures
from cnnviz.models.torchvision_families import NAMES, family
from cnnviz.records import Row
from cnnviz.topics.compare.records import Candidate

TABLE = Path(__file__).with_name("published.json")
RECIPES = ("newest weights", "first weights")
# Single-crop or the nearest to it that the paper has: top-1 in per cent.
PAPERS: dict[str, tuple[float, str]] = {
    "alexnet_2012": (59.3, "Krizhevsky et al. 2012, one network, validation set, mean of ten crops"),
    "zfnet": (61.6, "Zeiler and Fergus 2013, one network, validation set, mean of ten crops"),
    "mobilenet_v1": (70.6, "Howard et al. 2017, table 4"),
    "efficientnet_lite0": (75.1, "github.com/tensorflow/tpu, models/official/efficientnet/lite"),
}
UNRATED = ("lenet5", "lenet5_1998", "net", "cnn", "fc2layer", "vgg_cifar", "resnet20", "resnet56")
MIB = 2**20


@functools.cache
def published(recipe: str = RECIPES[0]) -> tuple[Candidate, ...]:
    """Every network of the table with its newest weights, or with the first that were published for it."""
    rows = json.loads(TABLE.read_text("utf-8"))
    return tuple(_candidate(row, recipe) for row in rows)


def _candidate(row: dict[str, Any], recipe: str) -> Candidate:
    weights = row["weights"][0 if recipe == RECIPES[1] else -1]
    return Candidate(
        row["name"], row["title"], row["family"], row["year"], row["parameters"], weights["macs"], weights["file_mb"],
        weights["side"], weights["accuracy"], row["field"], row["status"], row["depth"], weights["source"],
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ the table is made
def row_of(name: str) -> dict[str, Any]:
    """One line of the table: counted here, with what is published beside it."""
    counted = architectures.survey(name)
    spec = counted.spec
    field, status = widest_field(counted.rows)
    sets = list(_torchvision_weights(name)) if name in NAMES else [_own_weights(name, counted.parameters, counted.macs)]
    return {
        "name": name, "title": spec.title, "family": family(name)[1].heading if name in NAMES else spec.title,
        "year": spec.year, "parameters": counted.parameters, "field": field, "status": status, "depth": counted.depth,
        "weights": sets,
    }  # fmt: skip


def widest_field(rows: tuple[Row, ...]) -> tuple[int, str]:
    """Size and status of what a cell of the last map sees: the largest exact field, unless it sees everything.

    A network that gates its channels by the whole image, or attends to all of it, has "whole"; so has one of vectors.
    """
    maps = [row.receptive_field for row in rows if row.kind in architectures.WEIGHTED and len(row.output_shape) > 1]
    last = maps[-1] if maps else rows[-1].receptive_field
    before_pooling = [
        row.receptive_field for row in rows if row.is_map and (row.kind, row.cells) != ("pooling", (1, 1))
    ]
    exact = [field.size for field in before_pooling if field.status == "exact"]
    return (max(exact), "exact") if last.status == "exact" else (last.size, last.status)


def _torchvision_weights(name: str) -> Iterator[dict[str, Any]]:
    """Every set of weights that classifies ImageNet by itself, the default one last.

    Weights for another image size that have other parameters (a vision transformer's positions) are left out: the
    counts beside them would be another network's.
    """
    import torchvision

    enumerated = torchvision.models.get_model_weights(name)
    parameters = enumerated.DEFAULT.meta["num_params"]
    every = [
        one for one in enumerated
        if math.isfinite(_top1(one)) and "LINEAR" not in one.name and one.meta["num_params"] == parameters
    ]  # fmt: skip
    for one in sorted(every, key=lambda entry: entry is enumerated.DEFAULT or entry.name == enumerated.DEFAULT.name):
        yield {
            "accuracy": _top1(one), "macs": round(one.meta["_ops"] * 1e9),
            "file_mb": one.meta["_file_size"], "side": one.transforms().crop_size[0], "source": f"torchvision {one}",
        }  # fmt: skip


def _top1(weights: Any) -> float:
    """Top-1 accuracy on ImageNet in per cent; nan where the weights are none of a classifier (VGG-16's features)."""
    return float(weights.meta.get("_metrics", {}).get("ImageNet-1K", {}).get("acc@1", math.nan))


def _own_weights(name: str, parameters: int, macs: int) -> dict[str, Any]:
    accuracy, source = PAPERS.get(name, (None, "made for other images than ImageNet's"))
    size, side = round(4 * parameters / MIB, 3), models.spec(name).input_shape[1]
    return {"accuracy": accuracy, "macs": macs, "file_mb": size, "side": side, "source": source}


def write() -> None:
    """Count every network anew and write the table."""
    rows = [row_of(name) for name in (*UNRATED, *PAPERS, *NAMES)]
    save(rows)


def save(rows: list[dict[str, Any]]) -> None:
    """One network a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    TABLE.write_text(f"[\n{lines}\n]\n", "utf-8")


if __name__ == "__main__":
    write()
