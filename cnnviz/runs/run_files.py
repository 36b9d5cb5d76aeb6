"""The run directory, file by file: who writes what, and how it is read back. One writer, many readers.

    config.json      the TrainConfig                                   whoever asks for the run
    status.json      a RunStatus and who owns it, replaced in one step the worker; the supervisor before and after it
    metrics.jsonl    one event a line, only ever appended to           the worker
    snapshots/       step_NNNNNN.safetensors                           the worker
    weights.safetensors, run.json                                      the worker, at the end
    CANCEL           an empty file that asks the worker to stop        anybody
    steering.json    a Steering: to wait, or other values              anybody
    worker.log       what the worker printed                           the worker

Nothing here needs torch.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnviz.records import Epoch, Event, Finished, RunStatus, Started, Steered, Steering, Step, TrainConfig

CONFIG, STATUS, METRICS, SNAPSHOTS = "config.json", "status.json", "metrics.jsonl", "snapshots"
WEIGHTS, CARD, CANCEL, LOG = "weights.safetensors", "run.json", "CANCEL", "worker.log"
STEERING = "steering.json"
KINDS: dict[str, type[Any]] = {
    "started": Started, "step": Step, "epoch": Epoch, "finished": Finished, "steered": Steered,
}  # fmt: skip
STALE = 120.0  # seconds after which a run on another host that says nothing counts as interrupted
LARGEST_METRICS = 64_000_000


# --------------------------------------------------------------------------------------------- processes
@dataclass(frozen=True)
class Owner:
    """The process behind a status. born: its start time as the kernel counts it, since a pid alone may be anybody's."""

    pid: int
    born: str
    host: str

    @classmethod
    def of(cls, pid: int) -> Owner:
        return cls(pid, _born(pid), socket.gethostname())

    def lives(self) -> bool | None:
        """Whether that very process still runs; None where it cannot be known from here."""
        if self.host != socket.gethostname():
            return None
        return bool(self.born) and _born(self.pid) == self.born


def _born(pid: int) -> str:
    """When the process began, or "" where there is none (a zombie has ended, too)."""
    if not Path("/proc/self/stat").exists():
        return _exists(pid)
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()  # the name before it may hold blanks
    return "" if fields[0] in "ZX" else fields[19]


def _exists(pid: int) -> str:
    """Without /proc: only whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "there"
    return "there"


# --------------------------------------------------------------------------------------------- status.json
def write_status(folder: Path, status: RunStatus, *, owner: Owner, durable: bool = True) -> None:
    """Replaces status.json: a reader sees the old one or the new one.

    durable: survives a power cut too, for the price of waiting for the disk; progress ten times a second need not.
    """
    values = dataclasses.asdict(status) | {"owner": dataclasses.asdict(owner), "written": time.time()}
    temporary = folder / f".{STATUS}.{os.getpid()}"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(_finite(values), file)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    os.replace(temporary, folder / STATUS)


def written_status(folder: Path) -> RunStatus:
    """status.json as it stands, whether or not its owner lives; "starting" where there is none."""
    values = read_json(folder / STATUS)
    known = {item.name for item in dataclasses.fields(RunStatus)}
    try:
        return RunStatus(**{"state": "starting"} | {name: value for name, value in values.items() if name in known})
    except TypeError:
        return RunStatus("starting")


def read_status(folder: Path) -> RunStatus:
    """What the run says; an unfinished one that nobody owns any more is "interrupted"."""
    values = read_json(folder / STATUS)
    try:
        owner = Owner(**values["owner"])
        written = float(values["written"])
    except (KeyError, TypeError, ValueError):
        return _without_status(folder)
    status = written_status(folder)
    lives = owner.lives()
    if status.alive and not (time.time() - written < STALE if lives is None else lives):
        said = "it was still waiting" if status.state == "queued" else f"it ended after step {status.step:,}"
        message = f"{said} when its process went away"
        return dataclasses.replace(status, state="interrupted", message=message, seconds_left=None)
    if status.state in ("running", "paused") and (folder / CANCEL).exists():
        return dataclasses.replace(status, message="stopping")
    return status


def _without_status(folder: Path) -> RunStatus:
    """A shipped run has none: what its last event says."""
    events = read_events(folder)
    steps = [event for event in events if isinstance(event, Step)]
    last = steps[-1] if steps else None
    started = next((event for event in events if isinstance(event, Started)), None)
    finished = next((event for event in reversed(events) if isinstance(event, Finished)), None)
    if finished is None:
        return RunStatus("interrupted", "it has no status", step=last.step if last else 0)
    return RunStatus(
        state="stopped" if finished.reason == "stopped" else "finished",
        step=finished.step,
        steps=started.steps if started else finished.step,
        epoch=finished.epoch,
        epochs=started.epochs if started else finished.epoch,
        loss=last.loss if last else None,
        accuracy=last.accuracy if last else None,
        test_accuracy=finished.test_accuracy,
        seconds=finished.seconds,
        images_per_second=finished.examples_seen / finished.seconds if finished.seconds else None,
    )


# --------------------------------------------------------------------------------------------- metrics.jsonl
def line_of(event: Event) -> bytes:
    """The event as one line of JSON. A number that is not finite becomes null, as JSON has no other word for it."""
    kind = next(name for name, one in KINDS.items() if isinstance(event, one))
    values = {item.name: getattr(event, item.name) for item in dataclasses.fields(event)}
    if isinstance(event, Step) and not event.probes:
        del values["probes"]
    return json.dumps({"event": kind} | _finite(values), ensure_ascii=False).encode() + b"\n"


def event_of(line: bytes) -> Event | None:
    """The event of one line; None for a line that is torn or of no kind known here."""
    try:
        values = json.loads(line)
        kind = KINDS[values.pop("event")]
        floats = {item.name for item in dataclasses.fields(kind) if item.type == "float"}
        return kind(**{name: _thawed(value, name in floats) for name, value in values.items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def read_events(folder: Path, *, after: int = 0) -> list[Event]:
    """The run's events but for the first `after`; a last line without its end is still being written."""
    return list(_events(folder))[after:]


def _events(folder: Path) -> Iterator[Event]:
    try:
        with (folder / METRICS).open("rb") as file:
            data = file.read(LARGEST_METRICS)
    except OSError:
        return
    for line in data.split(b"\n")[:-1]:
        event = event_of(line)
        if event is not None:
            yield event


# --------------------------------------------------------------------------------------------- steering.json
def write_steering(folder: Path, steering: Steering) -> None:
    """Replaces steering.json in one step."""
    temporary = folder / f".{STEERING}.{os.getpid()}.{threading.get_ident()}"
    temporary.write_text(json.dumps(dataclasses.asdict(steering)), encoding="utf-8")
    os.replace(temporary, folder / STEERING)


def read_steering(folder: Path) -> Steering:
    """What is wanted of the run; nothing but its config where there is no such file. Raises ValueError."""
    try:
        values = json.loads((folder / STEERING).read_bytes())
        return Steering(**values)
    except FileNotFoundError:
        return Steering()
    except (TypeError, ValueError) as error:
        raise ValueError(f"{folder.name}/{STEERING} holds no Steering: {error}") from error


def clear_wishes(folder: Path) -> None:
    """The run has ended: what was wanted of it on the way is over."""
    for name in (CANCEL, STEERING):
        (folder / name).unlink(missing_ok=True)


# --------------------------------------------------------------------------------------------- the rest
def read_config(folder: Path) -> TrainConfig:
    """Raises ValueError that names the file and what is wrong with it."""
    values = read_json(folder / CONFIG)
    if not values:
        raise ValueError(f"{folder.name}/{CONFIG} is missing or is not a JSON object; it holds the run's TrainConfig")
    try:
        return TrainConfig.from_json(values)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{folder.name}/{CONFIG}: {error}") from error


def write_config(folder: Path, config: TrainConfig) -> None:
    text = json.dumps(config.to_json(), indent=1, ensure_ascii=False) + "\n"
    (folder / CONFIG).write_text(text, encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """The object in a small JSON file; {} where it is missing or something else."""
    try:
        values = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.8g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value


def _thawed(value: Any, number: bool) -> Any:
    if value is None and number:
        return math.nan
    return tuple(_thawed(item, False) for item in value) if isinstance(value, list) else value
