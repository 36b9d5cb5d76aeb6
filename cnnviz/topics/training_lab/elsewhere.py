"""A run for other people's trackers: TensorBoard's event files.

TensorBoard's files are written by tensorboardX, an extra: `pip install "cnnviz[tensorboard]"`. Nothing of it is
imported before somebody asks for a file.
"""

from __future__ import annotations

import importlib.util
import io
import tempfile
import zipfile
from pathlib import Path

from cnnviz import runs
from cnnviz.records import Epoch, Step
from cnnviz.topics.training_lab import file_names

EXTRA = "tensorboardX"


class EventsExtraMissing(ImportError):
    """The extra that writes these files is not installed: how to install it."""


def able() -> bool:
    """Whether tensorboardX is installed; it is not imported."""
    return importlib.util.find_spec(EXTRA) is not None


def tensorboard(run_id: str) -> bytes:
    """A zip with one event file in a folder of the run's name: unpack it below a log directory.

    Tags: train/loss, train/accuracy, learning_rate (recorded steps), test/loss, test/accuracy (ends of epochs); the
    config as text. Wall times are those of the run, counted from when its first line was written. Raises KeyError (no
    such run), EventsExtraMissing.
    """
    run = runs.get(run_id)
    if not able():
        raise EventsExtraMissing('TensorBoard files are written by tensorboardX: pip install "cnnviz[tensorboard]"')
    from tensorboardX import SummaryWriter

    with tempfile.TemporaryDirectory() as name:
        began = (run.path / "config.json").stat().st_mtime
        writer = SummaryWriter(name)
        writer.add_text(
            "config", "\n\n".join(f"{key}: {value}" for key, value in run.config.to_json().items()), 0, began
        )
        for event in run.events():
            for tag, value, step, seconds in _scalars(event):
                writer.add_scalar(tag, value, step, began + seconds)
        writer.close()
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(name).iterdir()):
                archive.write(path, f"{file_names.of(run_id)}/{_without_host(path.name)}")
    return target.getvalue()


def _without_host(name: str) -> str:
    """An event file's name, "events.out.tfevents.<seconds>.<host>", without the host that wrote it."""
    return ".".join(name.split(".")[:4])


def _scalars(event: object) -> list[tuple[str, float, int, float]]:
    """(tag, value, step, seconds since the start) of an event of a run."""
    if isinstance(event, Step):
        named = {"train/loss": event.loss, "train/accuracy": event.accuracy, "learning_rate": event.lr}
    elif isinstance(event, Epoch):
        named = {"test/loss": event.test_loss, "test/accuracy": event.test_accuracy}
    else:
        return []
    return [(tag, value, event.step, event.seconds) for tag, value in named.items()]
