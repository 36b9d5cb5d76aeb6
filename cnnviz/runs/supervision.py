"""Starts, queues and stops training processes: one supervisor a server process, one run directory a run.

Nothing is shared with a worker but its directory and a pipe to its stdin. The pipe closes when this process ends,
however it ends, and the worker ends with it. A process is only ever signalled through the handle by which it was
started here.
"""

from __future__ import annotations

import collections
import dataclasses
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from cnnviz import run_files
from cnnviz.records import RunStatus, TrainConfig
from cnnviz.run_files.handover import READY, TRAINING, Task

COMMAND = (sys.executable, "-m", "cnnviz.training", "--attached", "--wait")
ROOT = Path(__file__).resolve().parents[2]
POLL = 0.03  # seconds between two looks at the workers
PATIENCE = 1.5  # seconds after CANCEL until a worker is terminated, and again until it is killed
WORKERS, WAITING = 1, 8  # at a time; in the queue


class QueueFull(RuntimeError):
    """No further run can wait: how many are waiting, and what to do."""


@dataclass(eq=False)
class Worker:
    """A training process and what it was given to do. output: what it printed before it had a run."""

    process: subprocess.Popen[bytes]
    output: IO[bytes]
    folder: Path | None = None
    stopping_since: float | None = None
    signals: list[signal.Signals] = field(default_factory=list)

    @classmethod
    def spawn(cls) -> Worker:
        """Begins to warm up at once."""
        output = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the worker
        process = subprocess.Popen(
            COMMAND,
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

    def give(self, folder: Path, module: str) -> None:
        """Tells it which run is its own, and whose work(folder) does it."""
        self.folder = folder
        environment = {name: value for name, value in os.environ.items() if name.startswith("CNNVIZ_")}
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(Task(folder, module, environment).line())
        except BrokenPipeError:
            return  # it died while it waited: the next look finds that out and says why

    def press(self, now: float) -> None:
        """Terminates a worker that was asked to stop and did not, later kills it."""
        if self.stopping_since is None:
            return
        for number, sign in enumerate((signal.SIGTERM, signal.SIGKILL), start=1):
            if len(self.signals) < number and now - self.stopping_since >= number * PATIENCE:
                self.signals.append(sign)
                self.process.send_signal(sign)

    def last_line(self) -> str:
        """The last line that it printed."""
        text = os.pread(self.output.fileno(), 100_000, 0).decode(errors="replace")
        if self.folder is not None:
            text += log_of(self.folder)
        lines = [line.strip() for line in text.splitlines() if line.strip() not in ("", READY.decode().strip())]
        return lines[-1] if lines else ""

    def end(self) -> None:
        """Waits until it has ended, and kills it if it does not end by itself."""
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def close(self) -> None:
        """Closes its pipes, which ends it."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.output.close()


class Supervisor:
    """One training at a time, eight in the queue, one warmed worker ahead.

    CNNVIZ_WORKERS and CNNVIZ_QUEUE are other numbers of the first two; CNNVIZ_WARM=0: no warmed worker.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._queue: collections.deque[Path] = collections.deque()
        self._modules: dict[Path, str] = {}  # of the runs in the queue
        self._busy: list[Worker] = []
        self._warm: Worker | None = None
        self._watcher: threading.Thread | None = None
        self._closed = False

    def warm(self) -> None:
        """Have a worker ready that has loaded torch and taken a first step: a run then starts within a second."""
        with self._lock:
            if self._warm is not None and not self._warm.alive:
                self._warm.close()
                self._warm = None
            if self._warm is None and os.environ.get("CNNVIZ_WARM", "1") != "0" and len(self._busy) < _workers():
                self._warm = Worker.spawn()

    def submit(self, folder: Path, config: TrainConfig) -> None:
        """Run the run of this directory as soon as there is a place. Raises QueueFull."""
        with self._lock:
            self.admit()
            run_files.write_config(folder, config)
            self.submit_work(folder, TRAINING, epochs=config.epochs)

    def submit_work(self, folder: Path, module: str, *, epochs: int = 0) -> None:
        """Call `module.work(folder)` in a worker as soon as there is a place. Raises QueueFull.

        The module writes status.json in this directory as a training does, looks for CANCEL there, and is one of ours.
        """
        with self._lock:
            self.admit()
            self._say(folder, RunStatus("queued", "waiting for a place", epochs=epochs))
            self._modules[folder] = module
            self._queue.append(folder)
            self._advance()
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, name="cnnviz-supervisor", daemon=True)
                self._watcher.start()
            self._wake.set()

    def admit(self) -> None:
        """Raises QueueFull where no further run can wait."""
        with self._lock:
            if len(self._queue) >= _waiting() and len(self._busy) >= _workers():
                raise QueueFull(
                    f"{len(self._busy)} training and {len(self._queue)} waiting is all that is allowed here "
                    "(CNNVIZ_WORKERS, CNNVIZ_QUEUE): stop one or wait for one to end"
                )

    def stop(self, folder: Path) -> None:
        """Ask a run to stop; one that is ours is made to if it does not within 1.5 seconds."""
        with self._lock:
            if folder in self._queue:
                self._queue.remove(folder)
                self._say(folder, RunStatus("stopped", "it had not begun"))
                return
            if run_files.read_status(folder).alive:
                (folder / run_files.CANCEL).touch()
            for worker in self._busy:
                if worker.folder == folder and worker.stopping_since is None:
                    worker.stopping_since = time.monotonic()
            self._wake.set()

    def owns(self, folder: Path) -> bool:
        """Whether this run waits or trains here."""
        with self._lock:
            return folder in self._queue or any(worker.folder == folder for worker in self._busy)

    def release(self, folder: Path) -> None:
        """Sees to it that no process of a run that has ended is still on its way out of its directory."""
        with self._lock:
            for worker in [worker for worker in self._busy if worker.folder == folder]:
                worker.end()
                self._busy.remove(worker)
                self._settle(worker)

    def close(self) -> None:
        """Ends all workers, the warm one too, and waits for them; queued runs stay where they are."""
        with self._lock:
            self._closed = True
            gone = [*self._busy, *([self._warm] if self._warm is not None else [])]
            self._queue.clear()
            self._busy.clear()
            self._warm = None
            for worker in gone:
                worker.close()
        for worker in gone:
            worker.end()
        self._wake.set()

    # ----------------------------------------------------------------------------------------- the thread
    def _watch(self) -> None:
        while not self._closed:
            self._wake.wait()
            time.sleep(POLL)
            with self._lock:
                self._look()

    def _look(self) -> None:
        now = time.monotonic()
        for worker in list(self._busy):
            if worker.alive:
                worker.press(now)
            else:
                self._busy.remove(worker)
                self._settle(worker)
        self._advance()
        if not self._busy and not self._queue:
            self._wake.clear()
            self.warm()

    def _advance(self) -> None:
        """Gives the next run in the queue to the warmed worker, or to a new one."""
        while self._queue and len(self._busy) < _workers():
            folder = self._queue.popleft()
            try:
                worker, message = self._hire()
            except OSError as error:
                self._say(folder, RunStatus("failed", f"no process could be started for it: {error}"))
                continue
            self._say(folder, RunStatus("starting", message), worker.process.pid)
            worker.give(folder, self._modules.get(folder, TRAINING))
            self._busy.append(worker)

    def _hire(self) -> tuple[Worker, str]:
        """The warmed worker, or a new one; and what to say meanwhile."""
        warm, self._warm = self._warm, None
        if warm is not None and warm.alive:
            return warm, "handing it to the waiting worker"
        if warm is not None:
            warm.close()
        return Worker.spawn(), "loading torch"

    def _settle(self, worker: Worker) -> None:
        """The process is gone: where its status still says that it lives, say what happened."""
        folder, code = worker.folder, worker.process.returncode
        if folder is not None and folder.is_dir():
            status = run_files.written_status(folder)
            if status.alive and worker.stopping_since is not None:
                message = "it did not stop by itself and was ended: its last snapshot is what is left"
                self._say(folder, dataclasses.replace(status, state="stopped", message=message, seconds_left=None))
            elif status.alive:
                reason = f"killed by signal {-code} ({_signal_name(-code)})" if code < 0 else worker.last_line()
                message = reason or f"the worker ended with code {code}"
                self._say(folder, dataclasses.replace(status, state="failed", message=message, seconds_left=None))
            run_files.clear_requests(folder)
        worker.close()

    def _say(self, folder: Path, status: RunStatus, pid: int | None = None) -> None:
        """Writes a status for a run that no worker writes for; one whose directory was removed needs none."""
        if folder.is_dir():
            run_files.write_status(folder, status, owner=run_files.Owner.of(os.getpid() if pid is None else pid))


def log_of(folder: Path, *, most: int = 100_000) -> str:
    """The end of worker.log; "" where there is none."""
    try:
        with (folder / run_files.LOG).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - most))
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def _signal_name(number: int) -> str:
    names = {int(one): one.name for one in signal.Signals}
    more = ": often the machine ran out of memory" if number == signal.SIGKILL else ""
    return names.get(number, "unknown") + more


def _workers() -> int:
    return _whole("CNNVIZ_WORKERS", WORKERS, least=1)


def _waiting() -> int:
    return _whole("CNNVIZ_QUEUE", WAITING, least=0)


def _whole(name: str, usual: int, *, least: int) -> int:
    text = os.environ.get(name, "").strip()
    return max(least, int(text)) if text.isdigit() else usual
