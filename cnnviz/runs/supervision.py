"""Starts, queues and stops training processes: one supervisor a server process, one run directory a run.

Nothing is shared with a worker but its directory and a pipe to its stdin. The pipe closes when this process ends,
however it ends, and the worker ends with it. A process is only ever signalled through the handle by which it was
started here.

The queue is on disk, too: a waiting run's status says "queued", and `adopt` takes over the runs of a server that is
gone. The supervisor's thread outlives its own errors: a status that cannot be written (a full disk) is written later,
`problem` says so meanwhile, and so does the log.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import math
import os
import sys
import threading
import time
from pathlib import Path

from cnnviz import failures, limits, run_files, visitors
from cnnviz.owners import RENEWED, Owner
from cnnviz.plain_text import said_by
from cnnviz.records import RunStatus
from cnnviz.run_files.handover import TRAINING
from cnnviz.runs import pauses, seals
from cnnviz.runs.fair_queue import FairQueue, Waiting
from cnnviz.runs.workers import Worker

COMMAND = (sys.executable, "-m", "cnnviz.training", "--attached", "--wait")
POLL = 0.03  # seconds between two looks at the workers
RETRY = 0.5  # seconds until something that failed is tried again
PATIENCE = 1.5  # seconds after a stop request until a worker is terminated, and again until it is killed
LAST_SAVE = 6.0  # seconds that a worker has to save its state when this process ends: more than it takes itself
LOG = logging.getLogger("cnnviz.runs")


class QueueFull(RuntimeError):
    """No further run can wait: how many are waiting, and what to do."""


class Supervisor:
    """So many trainings at a time and in the queue as `limits` says, one warmed worker ahead.

    Visitors take turns (`FairQueue`). A run that is paused while others wait saves its state and gives its place up
    (`pauses`); let go on, it waits for its turn. CNNVIZ_WARM=0: no warmed worker.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._queue = FairQueue()
        self._busy: list[Worker] = []
        self._parked: dict[Path, Waiting] = {}  # paused runs that gave their place up
        self._pauses = pauses.Pauses()
        self._warm: Worker | None = None
        self._watcher: threading.Thread | None = None
        self._closed = False
        self._unwritten: dict[Path, RunStatus] = {}  # statuses that are still to be written
        self._problem = ""
        self._next_try = self._renewed = 0.0

    @property
    def problem(self) -> str:
        """What keeps it from going on at the moment, in a sentence; "" where nothing does."""
        return self._problem

    def warm(self) -> None:
        """Have a worker ready that has loaded torch and taken a first step: a run then starts within a second."""
        with self._lock:
            if self._warm is not None and not self._warm.alive:
                self._warm.close()
                self._warm = None
            if self._warm is None and os.environ.get("CNNVIZ_WARM", "1") != "0" and len(self._busy) < _workers():
                try:
                    self._warm = Worker.spawn(COMMAND)
                except OSError as error:
                    self._report(error)

    def submit_work(self, folder: Path, module: str, *, epochs: int = 0) -> None:
        """Call `module.work(folder)` in a worker as soon as there is a place. Raises QueueFull.

        The module writes status.json in this directory as a training does, looks for CANCEL there, and is one of ours.
        """
        with self._lock:
            self.admit()
            self._enqueue(folder, module, epochs=epochs)

    def adopt(self, folder: Path, module: str = TRAINING) -> None:
        """Take over a run that waits in the queue of a server that is gone, whatever the length of this queue."""
        with self._lock:
            if not self.owns(folder):
                self._enqueue(folder, module, epochs=run_files.written_status(folder).epochs)

    def _enqueue(self, folder: Path, module: str, *, epochs: int) -> None:
        self._say(folder, RunStatus("queued", "waiting for a place", epochs=epochs))
        owner = seals.rights(folder)
        most = limits.seconds_of_visitor.value + PATIENCE if owner.limited else math.inf  # its own clock ends it before
        self._queue.add(Waiting(folder, module, owner.id, most, owner.teacher))
        self._advance(time.monotonic())
        if self._watcher is None or not self._watcher.is_alive():
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

    def place(self, folder: Path) -> int:
        """Its place in the queue, 1 for the next; 0 where it does not wait here."""
        with self._lock:
            return self._queue.place(folder)

    def load_of(self, owner: str) -> int:
        """How many runs of this visitor wait or train here; not one that has ended, though its process still leaves."""
        with self._lock:
            trains = [one.folder for one in self._busy if one.folder is not None and one.owner == owner]
            parked = sum(one.owner == owner for one in self._parked.values())
            return self._queue.of(owner) + parked + sum(run_files.written_status(folder).alive for folder in trains)

    def stop(self, folder: Path) -> None:
        """Ask a run to stop; one that is ours is made to if it does not within 1.5 seconds. Raises OSError."""
        with self._lock:
            if folder in self._queue or folder in self._parked:
                self._withdraw(folder)
                return
            ours = [worker for worker in self._busy if worker.folder == folder]
            for worker in ours:
                worker.stopping_since = worker.stopping_since or time.monotonic()
                worker.press(worker.stopping_since, patience=PATIENCE)  # it gives way no longer
            self._wake.set()
            try:
                if run_files.read_status(folder).alive:
                    run_files.ask_to_stop(folder)
            except OSError:
                if not ours:  # ours are stopped by a signal
                    raise

    def owns(self, folder: Path) -> bool:
        """Whether this run waits or trains here."""
        with self._lock:
            return (
                folder in self._queue or folder in self._parked or any(worker.folder == folder for worker in self._busy)
            )

    def unwritten(self, folder: Path) -> RunStatus | None:
        """The status of this run that could not be written yet; None where its file says how it stands."""
        with self._lock:
            return self._unwritten.get(folder)

    def release(self, folder: Path) -> None:
        """Sees to it that no process of a run that has ended is still on its way out of its directory."""
        with self._lock:
            for worker in [worker for worker in self._busy if worker.folder == folder]:
                worker.end()
                self._busy.remove(worker)
                self._settle(worker)
            self._unwritten.pop(folder, None)

    def close(self) -> None:
        """Ends all workers, the warm one too, and waits until they have saved their state; queued runs stay queued."""
        with self._lock:
            self._closed = True
            gone = [*self._busy, *([self._warm] if self._warm is not None else [])]
            self._queue.clear()
            self._parked.clear()
            self._busy.clear()
            self._warm = None
            for worker in gone:
                worker.close()
        for worker in gone:
            worker.end(PATIENCE if worker.folder is None else LAST_SAVE)
        self._wake.set()

    # ----------------------------------------------------------------------------------------- the thread
    def _watch(self) -> None:
        with visitors.acting_as(visitors.EVERYBODY):
            self._look_on()

    def _look_on(self) -> None:
        while not self._closed:
            self._wake.wait()
            time.sleep(POLL)
            try:
                with self._lock:
                    self._look()
            except Exception as error:  # the thread must live on, or every later run would wait for ever
                self._report(error)

    def _look(self) -> None:
        now = time.monotonic()
        for worker in list(self._busy):
            if worker.alive:
                self._end_overlong(worker, now)
                worker.press(now, patience=PATIENCE)
            else:
                self._busy.remove(worker)
                self._settle(worker)
        for one in [one for one in (*self._queue, *self._parked.values()) if run_files.stop_asked(one.folder)]:
            self._withdraw(one.folder)
        self._follow_pauses(now)
        self._write_late(now)
        self._advance(now)
        if self._problem and not self._unwritten and now >= self._next_try:  # the last try, if there was one, came off
            LOG.warning("the supervisor goes on: what kept it is over")
            self._problem = ""
        self._renew(now)
        if not (self._busy or self._queue or self._parked or self._unwritten):
            self._problem = ""
            self._wake.clear()
            self.warm()

    def _end_overlong(self, worker: Worker, now: float) -> None:
        """A visitor's run, pauses included, ends after the seconds that one run has: others wait for the place."""
        if worker.folder is not None and worker.stopping_since is None and now - worker.begun > worker.seconds:
            worker.stopping_since = now
            with contextlib.suppress(OSError):  # it is stopped by a signal then
                run_files.ask_to_stop(worker.folder)

    def _follow_pauses(self, now: float) -> None:
        """A run that is let go on waits for its turn; one that is held while others wait gives its place up."""
        for one in [one for one in self._parked.values() if pauses.held_at(one.folder) is None]:
            self._queue.add(self._parked.pop(one.folder))
            self._say(one.folder, pauses.given_way(one.folder, state="queued"))
        full = bool(len(self._queue)) and len(self._busy) >= _workers()
        trains = {one.folder: one for one in self._busy if full and one.folder and one.module == TRAINING}
        held, seconds = self._pauses.longest([*trains], now)
        if held is not None and seconds >= limits.paused.value and not any(one.gives_way for one in trains.values()):
            trains[held].give_way()

    def _advance(self, now: float) -> None:
        """Gives the next run in the queue to the warmed worker, or to a new one."""
        while len(self._busy) < _workers() and now >= self._next_try and (one := self._queue.next()) is not None:
            if one.folder.is_dir() and not self._begin(one):
                return
            self._queue.begin(one)

    def _begin(self, one: Waiting) -> bool:
        """Whether the run could be handed to a worker, or has failed; else it stays in the queue for a later try."""
        folder = one.folder
        try:
            worker, message = self._hire()
        except OSError as error:
            self._say(folder, RunStatus("failed", f"no process could be started for it: {said_by(error)}"))
            return True
        try:
            owner = Owner.of(worker.process.pid)
            run_files.write_status(folder, RunStatus("starting", message), owner=owner)
        except OSError as error:
            self._warm = worker
            self._report(error)
            return False
        self._unwritten.pop(folder, None)
        worker.give(folder, one.module, owner=one.owner, seconds=one.seconds, teacher=one.teacher)
        self._busy.append(worker)
        return True

    def _hire(self) -> tuple[Worker, str]:
        """The warmed worker, or a new one; and what to say meanwhile. Raises OSError."""
        warm, self._warm = self._warm, None
        if warm is not None and warm.alive:
            return warm, "handing it to the waiting worker"
        if warm is not None:
            warm.close()
        return Worker.spawn(COMMAND), "loading torch"

    def _withdraw(self, folder: Path) -> None:
        """A run that still waits is stopped, here or by another server's CANCEL."""
        if self._parked.pop(folder, None) is not None:
            self._say(folder, pauses.given_way(folder, state="stopped"))
        else:
            self._queue.remove(folder)
            self._say(folder, RunStatus("stopped", "it had not begun"))
        run_files.clear_requests(folder)

    def _settle(self, worker: Worker) -> None:
        """The process is gone: where its status still says that it lives, say what happened."""
        folder = worker.folder
        if folder is not None and folder.is_dir():
            status = run_files.written_status(folder)
            if status.alive and worker.stopping_since is not None:
                message = "it did not stop by itself and was ended: its last snapshot is what is left"
                self._say(folder, dataclasses.replace(status, state="stopped", message=message, seconds_left=None))
            elif status.alive and worker.gives_way:
                self._parked[folder] = worker.rest(time.monotonic())
                self._say(folder, pauses.given_way(folder))
            elif status.alive:
                failed = dataclasses.replace(status, state="failed", message=worker.reason(), seconds_left=None)
                self._say(folder, failed)
            if folder not in self._parked:
                run_files.clear_requests(folder)
        worker.close()

    # ----------------------------------------------------------------------------------------- what is written
    def _say(self, folder: Path, status: RunStatus) -> None:
        """Writes a status for a run that no worker writes for, later where that fails now; a removed one needs none."""
        self._unwritten.pop(folder, None)
        if not folder.is_dir():
            return
        if status.state == "failed":
            failures.note(f"the run {folder.name} failed", status.message, remedy=f"See {folder / run_files.LOG}.")
        try:
            run_files.write_status(folder, status, owner=Owner.of(os.getpid()))
        except OSError as error:
            self._unwritten[folder] = status
            self._report(error)

    def _write_late(self, now: float) -> None:
        """Tries again what could not be written."""
        for folder, status in list(self._unwritten.items()) if now >= self._next_try else ():
            self._say(folder, status)

    def _renew(self, now: float) -> None:
        """Says to other hosts that the runs in the queue are still waited for."""
        if now - self._renewed >= RENEWED:
            self._renewed = now
            for one in (*self._queue, *self._parked.values()):
                self._say(one.folder, run_files.written_status(one.folder))

    def _report(self, error: Exception) -> None:
        """Says once what is wrong, and waits a little before the next try."""
        self._next_try = time.monotonic() + RETRY
        reason = said_by(error)
        if isinstance(error, OSError):
            said = f"the folder of runs cannot be written ({reason}): free some space there; runs go on by themselves"
        else:
            said = f"the supervisor met an error ({type(error).__name__}: {reason}) and goes on"
        if said != self._problem:
            LOG.error(said, exc_info=None if isinstance(error, OSError) else error)
        self._problem = said


def _workers() -> int:
    return max(1, int(limits.workers.value))


def _waiting() -> int:
    return int((limits.shared_queue if visitors.current().id else limits.queue).value)


CURRENT: list[Supervisor] = []  # this process's one supervisor, once it is there
