"""Residual networks: their plans, what their blocks add while they train, and what they add to one image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnviz.records.activations import Array
from cnnviz.records.experiments import CellResult

PROBE = "residual_to_input"


@dataclass(frozen=True)
class DepthPlan:
    """One network in numbers: layers with weights, parameters and those in shortcuts, MACs, additions.

    stages: (name, maps after it, convolutions, parameters, MACs) in order, the linear layer last.
    """

    title: str
    layers: int
    parameters: int
    shortcut_parameters: int
    macs: int
    additions: int
    stages: tuple[tuple[str, tuple[int, ...], int, int, int], ...]


@dataclass(frozen=True, eq=False)
class Ratios:
    """‖F(x)‖ / ‖x‖ of every residual block of one cell along its runs, the mean over them.

    steps: [T]. blocks: B names, first to last. values: [T, B] float64, NaN where a run had no number.
    """

    cell: str
    runs: int
    steps: Array
    blocks: tuple[str, ...]
    values: Array


@dataclass(frozen=True, eq=False)
class StartNorms:
    """One image through a network as it is drawn, block by block: Euclidean norms, float64 [B] each.

    x: what the shortcut carries. branch: F(x). total: x + F(x), before its ReLU.
    """

    title: str
    blocks: tuple[str, ...]
    x: Array
    branch: Array
    total: Array


def ratios(result: CellResult) -> Ratios | None:
    """None for a cell without a run, or without residual blocks."""
    measured = [run.probes for run in result.runs if run.probes and run.probes[0].get(PROBE)]
    if not measured:
        return None
    blocks = tuple(measured[0][0][PROBE])
    length = min(map(len, measured))
    every = np.array([[[_number(moment[PROBE].get(block)) for block in blocks] for moment in probes[:length]]
                      for probes in measured])  # fmt: skip
    steps = np.array([moment["step"] for moment in measured[0][:length]])
    return Ratios(result.cell.label, len(measured), steps, blocks, every.mean(axis=0))


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)
