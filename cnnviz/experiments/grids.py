"""Grids of the permutation family: the course's two networks over one property of the permutation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from cnnviz.experiments.permuted_pixels import AS_THE_COURSE
from cnnviz.records.experiments import Cell, Results

NETWORKS = {"FC": "fc2layer", "CNN": "cnn"}
CUT = "Three seeds instead of five; everything else is as in the experiment itself."


def over(settings: Iterable[tuple[str, dict[str, Any]]]) -> tuple[Cell, ...]:
    """(what the setting is called, its fields of TrainConfig) for each of both networks: "CNN, 50 %"."""
    return tuple(
        Cell(f"{name}, {said}", replace(AS_THE_COURSE, model=model, **fields))
        for said, fields in settings
        for name, model in NETWORKS.items()
    )


def means(results: Results, network: str) -> tuple[float, ...]:
    """Mean accuracies of a network, in the order of the settings."""
    return tuple(one.mean for one in results.cells if one.cell.label.startswith(f"{network}, "))
