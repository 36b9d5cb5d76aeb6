"""The run directory, file by file: who writes what, and how it is read back. One writer, many readers.

    config.json      the TrainConfig                                   whoever asks for the run
    status.json      a RunStatus and who owns it, replaced in one step the worker; the supervisor before and after it
    metrics.jsonl    one event a line, only ever appended to           the worker
    snapshots/       step_NNNNNN.safetensors                           the worker
    weights.safetensors, run.json                                      the worker, at the end
    resume.safetensors  all that the rest of the run depends on       the worker, until the end
    CANCEL           an empty file that asks the worker to stop        anybody
    steering.json    a Steering: to wait, or other values              anybody
    worker.log       what the worker printed                           the worker
    watched/         images of those who watch, and their looks inside anybody; the worker

Nothing here needs torch.
"""

from __future__ import annotations

from cnnviz.owners import Owner
from cnnviz.run_files.configuration import read_config, write_config
from cnnviz.run_files.events import LARGEST_METRICS, changes, event_of, line_of, read_events
from cnnviz.run_files.json_files import finite, load_json, read_bytes, read_json, replacing, write_json
from cnnviz.run_files.names import (
    CANCEL,
    CARD,
    CONFIG,
    LOG,
    METRICS,
    RESUME,
    SNAPSHOTS,
    STATUS,
    STEERING,
    WATCHED,
    WEIGHTS,
)
from cnnviz.run_files.status import owner_of, read_status, write_status, written_status
from cnnviz.run_files.steering import ask_to_stop, clear_requests, read_steering, stop_asked, write_steering

__all__ = [
    "CANCEL", "CARD", "CONFIG", "LARGEST_METRICS", "LOG", "METRICS", "Owner", "RESUME", "SNAPSHOTS", "STATUS",
    "STEERING", "WATCHED", "WEIGHTS",
    "ask_to_stop", "changes", "clear_requests", "event_of", "finite", "line_of", "load_json", "owner_of", "read_bytes",
    "read_config", "read_events", "read_json", "read_status", "read_steering", "replacing", "stop_asked",
    "write_config", "write_json", "write_status", "write_steering", "written_status",
]  # fmt: skip
