"""One training process as the supervisor sees it: its pipes, its signals, what it printed."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from cnnviz import limits, run_files, visitors
from cnnviz.plain_text import without_folders
from cnnviz.run_files import priority
from cnnviz.run_files.handover import READY, UNWRITABLE, Task
from cnnviz.runs.fair_queue import Waiting

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 1.5  # seconds that a worker has to end by itself
LARGEST_LOG = 16_000_000  # bytes of worker.log that are read


@dataclass(eq=False)
class Worker:
    """A training process and what it was given to do. output: what it printed before it had a run.

    owner: whose run it was given, "" for nobody's; begun: when, by the monotonic clock; seconds: how long it may take.
    teacher: whether the owner is one.
    gives_way: it saves its run's state and ends, and the run is to go on later.
    """

    process: subprocess.Popen[bytes]
    output: IO[bytes]
    folder: Path | None = None
    owner: str = ""
    begun: float = 0.0
    seconds: float = math.inf
    stopping_since: float | None = None
    hurried: bool = False
    module: str = ""
    teacher: bool = False
    gives_way: bool = False
    signals: list[signal.Signals] = field(default_factory=list)

    @classmethod
    def spawn(cls, command: Sequence[str]) -> Worker:
        """Begins to warm up at once. Raises OSError."""
        output = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the worker
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            bufsize=0,  # nothing may wait in a buffer that is flushed into a broken pipe when it is closed
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        return cls(process, output)

    @property
    def alive(self) -> bool:
        """Whether its process still runs."""
        return self.process.poll() is None

    @property
    def ready(self) -> bool:
        """Whether it has warmed up."""
        return READY in os.pread(self.output.fileno(), 4096, 0)

    def give(
        self, folder: Path, module: str, *, owner: str = "", seconds: float = math.inf, teacher: bool = False
    ) -> None:
        """Tells it which run is its own, whose work(folder) does it, and for which visitor; it has so many seconds."""
        self.folder, self.owner, self.begun, self.seconds = folder, owner, time.monotonic(), seconds
        self.teacher = teacher
        self.module = module
        environment = {name: value for name, value in os.environ.items() if name.startswith("CNNVIZ_")}
        environment.pop(visitors.TEACHER, None)
        if owner:
            environment[visitors.WORKS_FOR] = visitors.working_for(visitors.Visitor(owner, teacher=teacher))
        if owner and not teacher:
            environment.setdefault("CNNVIZ_MAX_SNAPSHOT_MB", str(_snapshots_of_a_visitor()))
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(Task(folder, module, environment).line())
        except BrokenPipeError:
            return  # it died while it waited: the next look finds that out and says why

    def press(self, now: float, *, patience: float = PATIENCE) -> None:
        """A worker that was asked to stop need not give way any longer; one that does not is terminated, after twice
        the patience killed.
        """
        if self.stopping_since is None:
            return
        if not self.hurried:
            self.hurried = True
            priority.restore(self.process.pid)
        for number, sign in enumerate((signal.SIGTERM, signal.SIGKILL), start=1):
            if len(self.signals) < number and now - self.stopping_since >= number * patience:
                self.signals.append(sign)
                self.process.send_signal(sign)

    def give_way(self) -> None:
        """Ends a training as the end of its server would: it saves its state first."""
        self.gives_way = True
        if self.process.stdin is not None:
            self.process.stdin.close()

    def rest(self, now: float) -> Waiting:
        """Its run, as it waits to go on in the seconds that are left of its own."""
        assert self.folder is not None
        return Waiting(self.folder, self.module, self.owner, self.seconds - (now - self.begun), self.teacher)

    def last_line(self) -> str:
        """The last line that it printed, without folders: it is read by whoever's run it was."""
        text = os.pread(self.output.fileno(), 100_000, 0).decode(errors="replace")
        if self.folder is not None:
            text += log_of(self.folder)
        lines = [line.strip() for line in text.splitlines() if line.strip() not in ("", READY.decode().strip())]
        return without_folders(lines[-1]) if lines else ""

    def end(self, patience: float = PATIENCE) -> None:
        """Waits so many seconds until it has ended, and kills it if it does not end by itself."""
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def close(self) -> None:
        """Closes its pipes, which ends it."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.output.close()

    def reason(self) -> str:
        """Why its process ended without saying so in its status."""
        code = self.process.returncode
        if code < 0:
            return f"killed by signal {-code} ({_signal_name(-code)})"
        if code == UNWRITABLE:
            return "its folder could not be written any more: free some space on that disk, then start it again"
        return self.last_line() or f"the worker ended with code {code}"


def _snapshots_of_a_visitor() -> float:
    """MB: half of a visitor's disk, which a run that has begun would else go far beyond; no more than any run's."""
    return min(limits.SNAPSHOTS_MB, max(1.0, limits.disk_of_visitor.value / 2))


def log_of(folder: Path, *, most: int = 100_000) -> str:
    """The end of worker.log; "" where there is none."""
    try:
        data = run_files.read_bytes(folder / run_files.LOG, most=LARGEST_LOG)
    except OSError:
        return ""
    return data[-most:].decode(errors="replace")


def _signal_name(number: int) -> str:
    names = {int(one): one.name for one in signal.Signals}
    more = ": often the machine ran out of memory" if number == signal.SIGKILL else ""
    return names.get(number, "unknown") + more
