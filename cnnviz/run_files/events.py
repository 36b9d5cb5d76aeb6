"""metrics.jsonl: the run's events, one a line, only ever appended to."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cnnviz.records import Epoch, Event, Finished, Started, Steered, Steering, Step, TrainConfig
from cnnviz.records.typed import checked
from cnnviz.run_files.json_files import finite, read_bytes
from cnnviz.run_files.names import METRICS

KINDS: dict[str, type[Any]] = {
    "started": Started, "step": Step, "epoch": Epoch, "finished": Finished, "steered": Steered,
}  # fmt: skip
LARGEST_METRICS = 64_000_000


def line_of(event: Event, *, exact: bool = False) -> bytes:
    """The event as one line of JSON, with eight digits; a number that is not finite becomes null, as JSON has no word.

    exact: with every digit of its numbers, for what is computed with again.
    """
    kind = next(name for name, one in KINDS.items() if isinstance(event, one))
    values = {item.name: getattr(event, item.name) for item in dataclasses.fields(event)}
    if isinstance(event, Step) and not event.probes:
        del values["probes"]
    return json.dumps({"event": kind} | finite(values, exact=exact), ensure_ascii=False).encode() + b"\n"


def event_of(line: bytes) -> Event | None:
    """The event of one line; None for an incomplete line, an unknown kind, or values of other types."""
    try:
        values = json.loads(line)
        kind = KINDS[values.pop("event")]
        event: Event = checked(kind, values, nan=True)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return event if _sound(event) else None


def _sound(event: Event) -> bool:
    """Whether counts are not negative and a confusion matrix is square."""
    if isinstance(event, Finished):
        rows = event.confusion
        square = all(len(row) == len(rows) and min(row, default=0) >= 0 for row in rows)
        return square and min(event.step, event.epoch, event.examples_seen) >= 0
    if isinstance(event, Started):
        return min(event.steps, event.epochs, event.examples, event.test_examples, event.parameters) >= 0
    return min(event.step, event.epoch) >= 0


def read_events(folder: Path, *, after: int = 0) -> list[Event]:
    """The run's events but for the first `after`; an incomplete last line is ignored."""
    return list(_events(folder))[after:]


def changes(config: TrainConfig, events: Sequence[Event]) -> dict[int, Steering]:
    """Steps taken → the values that held from then on, where they were not the config's: for `training.replay`."""
    before, found = Steering(), {}
    for event in events:
        if isinstance(event, Steered):
            values = {name: value for name, value in event.values.items() if value != getattr(config, name)}
            now = Steering(**values)  # type: ignore[arg-type]
            if now != before:
                found[event.step] = before = now
    return found


def _events(folder: Path) -> Iterator[Event]:
    try:
        data = read_bytes(folder / METRICS, most=LARGEST_METRICS)
    except OSError:
        return
    for line in data.split(b"\n")[:-1]:
        event = event_of(line)
        if event is not None:
            yield event
