"""Experiments: each a question, a grid of training configs, and what the numbers say. One file an experiment.

    experiments.names()                        # "permuted_pixels", "permutation_strength", …
    experiment = experiments.get(name)         # records.experiments.Experiment: question, cells, published numbers
    results = experiments.results(name)        # what ships: n, mean, interval and curves of each cell
    experiments.own_results(name)              # what was trained here
    experiment.expect(results).sentences       # the verdict, computed

`python -m cnnviz.experiments NAME` trains the cells that are missing. A new experiment is one file in this folder and
nothing else: it defines EXPERIMENT, and this family finds it.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from cnnviz import checkpoints, visitors
from cnnviz.experiments import results_files
from cnnviz.records.experiments import Cell, CellResult, Experiment, Results
from cnnviz.registry import Registry
from cnnviz.run_files.names import EXPERIMENTS as EXPERIMENTS_FOLDER

__all__ = ["EXPERIMENTS", "get", "missing", "names", "own_folder", "own_results", "results", "shipped_folder"]

EXPERIMENTS: Registry[Experiment] = Registry("experiment")
FOLDER = EXPERIMENTS_FOLDER  # inside checkpoints/ and inside the folder of one's own runs


def names() -> tuple[str, ...]:
    """Every experiment of this folder."""
    return EXPERIMENTS.names()


def get(name: str) -> Experiment:
    """Raises KeyError that lists the experiments there are."""
    return EXPERIMENTS[name]


def shipped_folder(name: str) -> Path:
    """Where its results that come with the project lie."""
    return checkpoints.SHIPPED / FOLDER / get(name).name


def own_folder(name: str) -> Path:
    """Where its results that were trained here lie, of whoever asks; it need not exist."""
    return checkpoints.runs_folder() / FOLDER / visitors.current().id / get(name).name


def results(name: str, *, small: bool = False, folder: Path | None = None) -> Results:
    """What an experiment measured; cells that were never run have n = 0.

    folder: another results folder than the shipped one. Lines whose config is not the grid's own are left out: they
    belong to an older form of the experiment. Raises KeyError.
    """
    experiment = get(name)
    lines = results_files.read((folder or shipped_folder(name)) / results_files.RESULTS)
    grid = experiment.grid(small=small)
    cells = tuple(CellResult(cell, results_files.of_cell(lines, cell)) for cell in grid)
    return Results(name, grid[0].config.dataset, cells)


def own_results(name: str, *, small: bool = False) -> Results:
    """The same, of what was trained here."""
    return results(name, small=small, folder=own_folder(name))


def missing(found: Results, seeds: tuple[int, ...]) -> tuple[tuple[Cell, int], ...]:
    """(cell, seed) pairs that have no run yet: one seed after the other."""
    return tuple(
        (result.cell, seed) for seed in seeds for result in found.cells if seed not in {run.seed for run in result.runs}
    )


def _discover() -> None:
    """Every file of this folder that defines EXPERIMENT is a member. One that cannot be imported stops the app."""
    found = [importlib.import_module(f"{__name__}.{item.name}") for item in pkgutil.iter_modules(__path__)
             if not item.name.startswith("_") and item.name not in MACHINERY]  # fmt: skip
    for module in sorted(found, key=lambda module: getattr(module, "PLACE", 100)):
        EXPERIMENTS.add(module.EXPERIMENT.name, module.EXPERIMENT)


MACHINERY = {"dropout_curves", "grids", "learning_rates", "results_files", "running", "words", "worker"}
_discover()
