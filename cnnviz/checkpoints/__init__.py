"""Trained weights, found by run id: what the project ships and what the user's own runs left behind.

A run directory holds config.json, run.json (a `Card`), weights.safetensors and snapshots/step_NNNNNN.safetensors.
Shipped runs lie in checkpoints/<run-id>/, own ones in $CNNVIZ_RUNS (default checkpoints/runs/; where the
package is installed, ~/.local/share/cnnviz/runs/). A run id is looked up in the listings of these two folders and is
never used as a path.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import re
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from cnnviz import models, places, visitors
from cnnviz.checkpoints import settled
from cnnviz.checkpoints.cards import CARD, CONFIG, Card, describe, normalisation, read_card, versions, write_run
from cnnviz.checkpoints.weights import (
    CheckpointError,
    check_weights,
    load_into,
    read_weights,
    save,
    save_tensors,
    settle,
)
from cnnviz.records import Provenance, Spec, TrainConfig
from cnnviz.registry import unknown

__all__ = [
    "Card", "Checkpoint", "CheckpointError", "Torn", "available", "check_weights", "describe", "find", "load",
    "load_into", "normalisation", "on_meta", "provenance", "read_card", "read_weights", "runs_folder", "save",
    "save_tensors", "settle", "snapshot_name", "spec", "torn", "versions", "write_run",
]  # fmt: skip

SHIPPED = places.home() / "checkpoints"
WEIGHTS, SNAPSHOTS = "weights.safetensors", "snapshots"
RUN_ID = re.compile(r"\w[\w .:()+-]{0,180}-[0-9a-f]{8}(-\d{1,6})?")
SNAPSHOT = re.compile(r"step_(\d{6,12})\.safetensors")


@dataclass(frozen=True)
class Checkpoint:
    """One run that can be opened. finished: it has its last weights, not only snapshots."""

    run_id: str
    title: str
    config: TrainConfig
    test_accuracy: float | None
    shipped: bool
    snapshots: tuple[int, ...]
    path: Path
    finished: bool = True


@dataclass(frozen=True)
class Torn:
    """A run directory that cannot be opened, and why."""

    run_id: str
    reason: str


# --------------------------------------------------------------------------------------------- finding
def runs_folder() -> Path:
    """Where the user's own runs lie: $CNNVIZ_RUNS; else beside the shipped ones, or installed, with the user's data."""
    named = os.environ.get("CNNVIZ_RUNS")
    if named:
        return Path(named).expanduser()
    return (places.personal() if places.installed() else SHIPPED) / "runs"


def available() -> tuple[Checkpoint, ...]:
    """Runs that can be opened: own ones, newest first, then shipped ones in the order of the networks' menu.

    A run id is listed once: an own run hides the shipped one of the same config when it has its last weights.
    Directories that cannot be opened are left out; `torn` says which, and why.
    """
    own = sorted((one for one in _listed(shipped=False) if isinstance(one, Checkpoint)), key=_age)
    shipped = sorted((one for one in _listed(shipped=True) if isinstance(one, Checkpoint)), key=_menu_place)
    ids = {one.run_id for one in shipped}
    own = [one for one in own if one.finished or one.run_id not in ids]
    hidden = {one.run_id for one in own}
    return (*own, *(one for one in shipped if one.run_id not in hidden))


def torn() -> tuple[Torn, ...]:
    """Run directories with weights in them that cannot be opened, each with the reason."""
    both = (*_listed(shipped=False), *_listed(shipped=True))
    return tuple(one for one in both if isinstance(one, Torn))


def find(run_id: str) -> Checkpoint:
    """The run of this id. Raises CheckpointError: no such run (close ids are listed), or what is wrong with it."""
    if not RUN_ID.fullmatch(run_id):
        raise CheckpointError(f"{run_id[:80]!r} is not a run id; one looks like mnist-cnn-0123abcd")
    found = {one.run_id: one for one in available()}
    if run_id in found:
        return found[run_id]
    for broken in torn():
        if broken.run_id == run_id:
            raise CheckpointError(f"the run {run_id} cannot be opened: {broken.reason}")
    raise CheckpointError(unknown("trained run", run_id, found))


def _listed(*, shipped: bool) -> list[Checkpoint | Torn]:
    folder = SHIPPED if shipped else runs_folder()
    if not folder.is_dir():  # no run was ever started
        return []
    names = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir() and RUN_ID.fullmatch(entry.name))
    asking = visitors.current()
    if asking.id and not shipped:
        names = [name for name in names if asking.may(visitors.owner_of(folder / name))]
    found = (_look(folder / name, shipped) for name in names)
    return [one for one in found if one is not None]


def _look(path: Path, shipped: bool) -> Checkpoint | Torn | None:
    """What lies in a run directory; None where there are no weights yet (a run that waits or has just begun)."""
    try:
        steps = tuple(_snapshots(path))
        finished = (path / WEIGHTS).is_file()
        if not finished and not steps:
            return None
        card = read_card(path)
    except CheckpointError as error:
        return Torn(path.name, str(error))
    except OSError as error:
        return Torn(path.name, f"{path.name} cannot be read ({error.strerror}); look at its permissions")
    return Checkpoint(path.name, card.title, card.config, card.test_accuracy, shipped, steps, path, finished)


def snapshot_name(step: int) -> str:
    """The file of the weights after `step` optimiser steps, inside a run directory."""
    return f"{SNAPSHOTS}/step_{step:06d}.safetensors"


def _snapshots(path: Path) -> dict[int, Path]:
    """Snapshot files by step, ascending. Their folder is not gone through again while no name in it has changed."""
    folder = path / SNAPSHOTS
    if not folder.is_dir():
        return {}
    stamp = settled.stamp(folder.stat())
    return _found(folder) if stamp is None else _settled_snapshots(folder, stamp)


def _found(folder: Path) -> dict[int, Path]:
    matches = (SNAPSHOT.fullmatch(entry.name) for entry in os.scandir(folder) if entry.is_file())
    return dict(sorted((int(match[1]), folder / match[0]) for match in matches if match))


@functools.lru_cache(maxsize=1024)
def _settled_snapshots(folder: Path, stamp: tuple[int, ...]) -> dict[int, Path]:
    return _found(folder)


def _age(checkpoint: Checkpoint) -> float:
    """Sorts the newest first."""
    files = (checkpoint.path / name for name in (WEIGHTS, CARD, CONFIG))
    return -max((file.stat().st_mtime for file in files if file.is_file()), default=0.0)


def _menu_place(checkpoint: Checkpoint) -> tuple[int, str]:
    order = models.names()
    model = checkpoint.config.model
    return (order.index(model) if model in order else len(order), checkpoint.run_id)


# --------------------------------------------------------------------------------------------- opening
def load(run_id: str, *, step: int | None = None) -> nn.Module:
    """The trained network, in eval mode. The data set need not be on this machine.

    step: the snapshot after so many optimiser steps; None: the last weights, or the last snapshot of a run that was
    interrupted. Raises CheckpointError.
    """
    found = find(run_id)
    file = _file(found, step)
    card = read_card(found.path)
    if card.config.model in models.trainable():
        check_weights(file, on_meta(card), exact=True)
    model = _build(card, run_id)
    read_weights(file, model, exact=True)
    return model.eval()


def on_meta(card: Card) -> nn.Module:
    """The network of a card without numbers: it costs no memory, whatever size the card asks for."""
    with torch.device("meta"):
        return _build(card, card.config.run_id)


def spec(run_id: str) -> Spec:
    """What the trained network expects: its network's spec with its data set's shape, mean, std and classes."""
    card = read_card(find(run_id).path)
    known = models.spec(card.config.model)
    as_published = (known.input_shape, len(known.classes), ()) == (
        card.input_shape,
        len(card.classes),
        card.config.options,
    )
    notes = known.notes
    if card.config.permutation is not None:
        notes = (*notes, f"trained on images whose pixels were permuted (seed {card.config.permutation})")
    return dataclasses.replace(
        known,
        title=card.title,
        input_shape=card.input_shape,
        mean=card.mean,
        std=card.std,
        classes=card.classes,
        digit=card.digit,
        crop=1.0,
        parameters=known.parameters if as_published else card.parameters or None,
        macs=known.macs if as_published else None,
        notes=notes,
    )


def provenance(run_id: str, *, step: int | None = None) -> Provenance:
    """Where the weights come from, in words: shown beside every result."""
    found = find(run_id)
    card = read_card(found.path)
    whose = "shipped with cnnviz" if found.shipped else "your own run"
    if step is None and not found.finished:
        step = found.snapshots[-1]
    if step is not None:
        label = f"{card.title}, after {step:,} steps ({whose})"
    elif card.test_accuracy is None:
        label = f"{card.title} ({whose})"
    else:
        label = f"{card.title}, {100 * card.test_accuracy:.1f} % of the test images right ({whose})"
    return Provenance("trained", label, f"run {run_id}; data: {card.source or card.config.dataset}")


def _build(card: Card, run_id: str) -> nn.Module:
    config, classes = card.config, len(card.classes)
    try:
        return models.build(
            config.model, seed=config.seed, input_shape=card.input_shape, classes=classes, **dict(config.options)
        )
    except (KeyError, ValueError, TypeError, RuntimeError) as error:
        reason = error.args[0] if error.args else error
        raise CheckpointError(f"the network of run {run_id} cannot be built: {reason}") from error


def _file(found: Checkpoint, step: int | None) -> Path:
    if step is None and found.finished:
        return found.path / WEIGHTS
    files = _snapshots(found.path)
    wanted = max(files, default=0) if step is None else step
    if wanted not in files:
        there = ", ".join(str(one) for one in list(files)[:12]) or "none"
        raise CheckpointError(f"run {found.run_id} has no snapshot of step {wanted}; it has: {there}")
    return files[wanted]
