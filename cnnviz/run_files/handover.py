"""What a supervisor and a worker that it started say to each other over pipes: "ready", then one line of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

READY = b"ready\n"  # what a warmed worker prints
TRAINING = "cnnviz.training.worker"  # the module whose work(folder) a worker calls, where nothing else is asked for
EXPERIMENT = "cnnviz.experiments.worker"  # whose work(folder) runs an experiment from the page
UNWRITABLE = 74  # a worker's exit code where its run directory cannot be written: EX_IOERR of sysexits.h


@dataclass(frozen=True)
class Task:
    """What a worker is to do. module: its work(folder) is called. environment: the server's CNNVIZ_ variables."""

    folder: Path
    module: str
    environment: Mapping[str, str]

    def line(self) -> bytes:
        """The task as one line of JSON, with its end."""
        values = {"run": str(self.folder.resolve()), "module": self.module, "environment": dict(self.environment)}
        return json.dumps(values).encode() + b"\n"

    @classmethod
    def of(cls, line: bytes) -> Task:
        """The task of a line. Raises ValueError where it names a module that is not cnnviz's own."""
        values = json.loads(line)
        module = str(values.get("module", TRAINING))
        if not module.startswith("cnnviz."):
            raise ValueError(f"{module!r} is no module of cnnviz; a worker runs no other")
        return cls(Path(values["run"]), module, values["environment"])
