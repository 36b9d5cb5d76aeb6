"""A network that was taken away in a zip comes back as a run: its weights, its settings, its curves.

Only four files of the zip are read, by their names, each within a bound; none of its paths is ever written to, and
nothing of it is run or unpickled. Weights are compared with the network that the settings name, then written anew.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO

from cnnviz import checkpoints, configs, half_made, limits, models, run_files, visitors
from cnnviz.checkpoints import pickles
from cnnviz.datasets import DatasetError, zip_files
from cnnviz.owners import Owner
from cnnviz.records import Event, Finished, RunStatus, Step, TrainConfig
from cnnviz.runs import directories, quotas
from cnnviz.runs.run import Run, RunError
from cnnviz.runs.supervision import Supervisor

LARGEST: dict[str, int] = {  # bytes of each file that is read
    run_files.CONFIG: 1_000_000,
    run_files.CARD: 4_000_000,
    run_files.WEIGHTS: limits.WEIGHTS_MB << 20,
    run_files.METRICS: run_files.LARGEST_METRICS,
}
NEEDED = (run_files.CONFIG, run_files.CARD, run_files.WEIGHTS)
MOST_ENTRIES = 1000


Deciding = Callable[[], AbstractContextManager[None]]


def from_zip(data: bytes | BinaryIO | Path, boss: Supervisor, *, deciding: Deciding, room: int | None = None) -> Run:
    """The zip's network as a finished run of one's own; one of the same settings that is here already stays.

    deciding: while it is entered, nobody else changes how many runs there are. room: bytes that it may take on disk.
    Raises RunError: what is wrong with the zip and what would work, or that the folder of runs cannot be written.
    """
    quotas.admit_import(boss)
    try:
        files = _files(data)
    except (DatasetError, zip_files.EntryError) as error:
        raise RunError(f"this zip cannot be taken in: {error}") from error
    folder = checkpoints.runs_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        half_made.sweep(folder)
        with half_made.making(folder) as hidden:
            config = _made(hidden, files)
            quotas.admit_size(hidden, room)
            with deciding():
                quotas.admit_import(boss)  # of several at once, the first may have been the last
                return Run(directories.placed(hidden, folder, config))
    except OSError as error:
        raise RunError(directories.unwritable(error)) from error


def _files(data: bytes | BinaryIO | Path) -> dict[str, bytes]:
    """The contents of those files, which lie in one folder of the zip or in none. Raises RunError, DatasetError."""
    with zip_files.opened(data, limits.WEIGHTS_MB << 20) as (archive, _):
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES:
            raise RunError(f"this zip holds {len(entries):,} files; one that was taken away here holds about nine")
        found: dict[str, list[zipfile.ZipInfo]] = {}
        for entry in entries:
            parts = entry.filename.split("/")
            if len(parts) <= 2 and parts[-1] in LARGEST:
                found.setdefault(parts[-1], []).append(entry)
        missing = [name for name in NEEDED if name not in found]
        if missing or any(len(same) > 1 for same in found.values()):
            what = f"{', '.join(missing)} missing" if missing else "several networks in one"
            raise RunError(f"this is no zip of one network that was taken away here ({what}); such a zip would work")
        return {name: _content(archive, same[0], LARGEST[name]) for name, same in found.items()}


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, largest: int) -> bytes:
    content = zip_files.content(archive, entry, largest)
    if len(content) > largest:
        raise RunError(f"{entry.filename} of this zip is larger than {largest >> 20} MB, and is not read")
    return content


def _made(hidden: Path, files: dict[str, bytes]) -> TrainConfig:
    """Everything is checked in a hidden directory, which can then take its place. Raises RunError, OSError."""
    for name in (run_files.CONFIG, run_files.CARD):
        (hidden / name).write_bytes(files[name])
    try:
        config = run_files.read_config(hidden)
        card = checkpoints.read_card(hidden)
        if card.config != config:
            raise RunError("config.json and run.json of this zip are of two runs; take the network away once more")
        _check(card)
        if config.model not in (*models.trainable(), *models.transferable()):
            raise RunError(f"{config.model} is none of the networks that are trained here, so it is not taken in")
        raw = hidden / "given.safetensors"
        raw.write_bytes(files[run_files.WEIGHTS])
        _weights(raw, hidden / run_files.WEIGHTS, card)
        raw.unlink()
        events = _events(files.get(run_files.METRICS, b""), classes=len(card.classes))
        run_files.write_config(hidden, config)
        checkpoints.write_run(hidden, card)
    except (checkpoints.CheckpointError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, RunError):
            raise
        raise RunError(f"this zip cannot be taken in: {error.args[0] if error.args else error}") from error
    (hidden / run_files.METRICS).write_bytes(b"".join(map(run_files.line_of, events)))
    visitors.mark(hidden)
    hidden.chmod(0o755)  # what tempfile makes is its owner's alone
    run_files.write_status(hidden, _status(card, events), owner=Owner.of(os.getpid()))
    return config


def _weights(given: Path, target: Path, card: checkpoints.Card) -> None:
    """Compared by name and shape with the network on meta, which costs no memory; then read and written anew."""
    with given.open("rb") as file:
        if pickles.is_pickle(file.read(64)):
            raise RunError("the weights of this zip are pickled; only safetensors, as taken away here, are taken in")
    checkpoints.check_weights(given, checkpoints.on_meta(card), exact=True)
    asked: dict[str, Any] = {"input_shape": card.input_shape, "classes": len(card.classes)}
    model = models.build(card.config.model, **asked, **dict(card.config.options))
    checkpoints.read_weights(given, model, exact=True)
    if not all(bool(one.isfinite().all()) for one in model.state_dict().values() if one.is_floating_point()):
        raise RunError("the weights of this zip are not all finite numbers, so nothing could be computed with them")
    checkpoints.save(model, target)


def _check(card: checkpoints.Card) -> None:
    """What its settings name is a run's name and no way to another folder; its numbers are such as a run has.

    Raises RunError, ConfigError.
    """
    if not checkpoints.RUN_ID.fullmatch(card.config.run_id):
        raise RunError("the settings of this zip name a data set by what is no name; letters, digits and - . _ are")
    configs.check_values(card.config)
    plain = all(math.isfinite(one) and abs(one) <= 1e6 for one in (*card.mean, *card.std, card.seconds))
    if not plain or min(card.std, default=0) < 1e-6:
        raise RunError("run.json of this zip names no mean and deviation that images can be normalised with")
    if min(card.steps, card.parameters, card.steered) < 0 or card.seconds < 0:
        raise RunError("run.json of this zip counts below zero")
    if card.config.test_shift >= min(card.input_shape[1:]):
        raise RunError("the settings of this zip move its test images out of sight")


def _events(data: bytes, *, classes: int) -> list[Event]:
    """The lines that are events of a run; others are left out, and so are tests of another number of classes."""
    found = (run_files.event_of(line) for line in data.split(b"\n") if line.strip())
    return [event for event in found if event is not None and _fits(event, classes)]


def _fits(event: Event, classes: int) -> bool:
    confusion = getattr(event, "confusion", ())
    return all(len(row) == classes for row in confusion) and len(confusion) in (0, classes)


def _status(card: checkpoints.Card, events: list[Event]) -> RunStatus:
    steps = [event for event in events if isinstance(event, Step)]
    ended = next((event for event in reversed(events) if isinstance(event, Finished)), None)
    return RunStatus(
        "finished",
        "taken in from a zip",
        step=card.steps,
        steps=card.steps,
        epoch=ended.epoch if ended is not None else 0,
        epochs=card.config.epochs,
        loss=steps[-1].loss if steps else None,
        accuracy=steps[-1].accuracy if steps else None,
        test_accuracy=card.test_accuracy,
        seconds=card.seconds,
    )


def metrics_of(run: Run) -> bytes:
    """A run's events as its file has them, whole lines alone; for the zip."""
    return b"".join(map(run_files.line_of, run.events()))


def card_of(run: Run, card: checkpoints.Card) -> bytes:
    """run.json of a run, also of one that ended before it was written."""
    with tempfile.TemporaryDirectory() as name:
        path = checkpoints.write_run(Path(name), card)
        return json.dumps(json.loads(path.read_bytes()), ensure_ascii=False, indent=1).encode() + b"\n"
