"""An experiment's grid as tables: what differs between its cells, and what is the same in all of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from cnnviz.records import TrainConfig
from cnnviz.records.experiments import Experiment

LEFT_OUT = ("seed", "probes", "options")  # the seed is put in for each run, probes change nothing, options are spread


def settings(config: TrainConfig) -> dict[str, object]:
    """Every setting of one cell by its name, the options of the model's builder among them."""
    fields = {one.name: getattr(config, one.name) for one in dataclasses.fields(config) if one.name not in LEFT_OUT}
    return fields | {str(name): value for name, value in config.options}


def grid(experiment: Experiment) -> list[dict[str, str]]:
    """A row a cell: its label, and every setting in which the cells differ."""
    each = {cell.label: settings(cell.config) for cell in experiment.cells}
    differing = [name for name in _names(each) if len({repr(one.get(name)) for one in each.values()}) > 1]
    return [{"cell": label} | {name: _said(one.get(name)) for name in differing} for label, one in each.items()]


def alike(experiment: Experiment) -> dict[str, str]:
    """What all cells have in common: the data set and the model, and whatever else is not TrainConfig's own default."""
    each = {cell.label: settings(cell.config) for cell in experiment.cells}
    first = next(iter(each.values()))
    usual = settings(TrainConfig("", ""))
    shared = [name for name in _names(each) if len({repr(one.get(name)) for one in each.values()}) == 1]
    return {name: _said(first[name]) for name in shared if name not in usual or first[name] != usual[name]}


def _names(each: Mapping[str, Mapping[str, object]]) -> list[str]:
    return list(dict.fromkeys(name for one in each.values() for name in one))


def _said(value: object) -> str:
    if value is None or value == ():
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
