"""Keeps a worker's side of the contract without torch, so that what the supervisor does is seen within milliseconds.

It takes steps until its epochs are over or CANCEL appears. Seed 13: it dies with a word on stderr. Seed 14: it is deaf.
What has no config.json, an experiment, takes until then.
Its arguments: seconds a step, 0.005 where there is none; and how long its process stays when its run has ended, 0.0.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

from cnnviz import run_files
from cnnviz.records import RunStatus, Step
from cnnviz.run_files.handover import READY, Task

PACE, LEAVING = map(float, (*sys.argv[1:], *("0.005", "0.0")[len(sys.argv) - 1 :]))


def end_with_stdin() -> None:
    while os.read(0, 4096):
        pass
    os._exit(1)


def main() -> None:
    line = b""
    os.write(1, READY)
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            return
        line += byte
    task = Task.of(line)
    folder = task.folder
    log = os.open(folder / run_files.LOG, os.O_WRONLY | os.O_CREAT, 0o644)
    os.dup2(log, 2)
    threading.Thread(target=end_with_stdin, daemon=True).start()
    if not (folder / run_files.CONFIG).is_file():
        wait(folder)
    else:
        train(folder, limit=int(task.environment.get("CNNVIZ_MAX_EPOCHS", 10**9)))
    time.sleep(LEAVING)


def wait(folder: Path) -> None:
    """As an experiment that takes long."""
    owner = run_files.Owner.of(os.getpid())
    run_files.write_status(folder, RunStatus("running"), owner=owner)
    while not (folder / run_files.CANCEL).exists():
        time.sleep(0.005)
    run_files.write_status(folder, RunStatus("stopped"), owner=owner)


def train(folder: Path, *, limit: int) -> None:
    config, owner = run_files.read_config(folder), run_files.Owner.of(os.getpid())
    if config.seed == 13:
        sys.exit("the thirteenth seed is not for me")
    metrics = os.open(folder / run_files.METRICS, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    steps, state = min(config.epochs, limit), "finished"
    for step in range(1, steps + 1):
        os.write(metrics, run_files.line_of(Step(step, step, 1.0 / step, 0.5, 0.1, step * 0.01, 1.0)))
        status = RunStatus("running", step=step, steps=steps)
        run_files.write_status(folder, status, owner=owner, durable=False)
        time.sleep(PACE)
        while run_files.read_steering(folder).holds(step) and not (folder / run_files.CANCEL).exists():
            status = RunStatus("paused", step=step, steps=steps)
            run_files.write_status(folder, status, owner=owner, durable=False)
            time.sleep(0.005)
        if config.seed != 14 and (folder / run_files.CANCEL).exists():
            state = "stopped"
            break
    run_files.write_status(folder, RunStatus(state, step=step, steps=steps), owner=owner)


if __name__ == "__main__":
    main()
