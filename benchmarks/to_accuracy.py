"""Seconds of training until a network is right often enough: the course's loop with its recipe against ours, in turns.

    python -m benchmarks.to_accuracy mnist      98 % of MNIST's test images, some minutes
    python -m benchmarks.to_accuracy cifar10    60 % of CIFAR-10's, a quarter of an hour
    python -m benchmarks.to_accuracy            both

The same network on both sides, each in a process of its own; they take turns in windows of two seconds, so that a busy
minute falls on both. `course` is the loop of `benchmarks.training` with the course's optimiser and learning rate,
tested four times an epoch; `ours` the app's training as its settings offer it, tested after every epoch. Testing is not
counted. Wall clock and, for a busy machine, processor time of all threads. Needs the data set under CNNVIZ_DATA.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks import training as loops
from cnnviz import datasets, training
from cnnviz.records import Epoch, Step, TrainConfig
from cnnviz.training import evaluation

SIDES, WINDOW, AIM = ("course", "ours"), 2.0, 6.0
TESTS = 4  # of the course's network in an epoch
Turn = tuple[int, float]  # images trained on since the last (0: it was tested), test accuracy (NaN: not tested)


@dataclass(frozen=True)
class Race:
    """accuracy: to reach. course: the course's recipe; ours: the one that this project has for the same network."""

    accuracy: float
    course: TrainConfig
    ours: TrainConfig


RACES = {
    "mnist": Race(
        0.98,
        TrainConfig("mnist", "cnn", epochs=40, lr=0.01, momentum=0.5),
        TrainConfig("mnist", "cnn", epochs=2, optimizer="adam", lr=0.01, schedule="onecycle"),
    ),
    "cifar10": Race(
        0.60,
        TrainConfig("cifar10", "net", epochs=40, optimizer="adam", lr=0.001),
        TrainConfig("cifar10", "net", epochs=3, batch_size=96, optimizer="adam", lr=0.004, schedule="onecycle"),
    ),
}


def course(config: TrainConfig) -> Iterator[Turn]:
    """The course's loop, tested four times an epoch."""
    test, model = datasets.load(config.dataset, split="test"), loops.network(config)
    seen, every = 0, len(datasets.load(config.dataset).labels) / TESTS
    for count in loops.course(config, model):
        yield count, float("nan")
        seen += count
        if seen >= every:
            seen = 0
            yield 0, evaluation.evaluate(model, test).accuracy


def ours(config: TrainConfig) -> Iterator[Turn]:
    """The app's training, tested as it tests."""
    for event in training.train(config):
        if isinstance(event, Step):
            yield config.batch_size, float("nan")
        elif isinstance(event, Epoch):
            yield 0, event.test_accuracy


def serve(side: str, race: Race) -> None:
    """One side's process: a line in, a window of training; seconds, processor time, epochs, best, state out."""
    config = race.course if side == "course" else race.ours
    turns = {"course": course, "ours": ours}[side](config)
    examples = len(datasets.load(config.dataset).labels)
    next(turns)  # what it takes to begin is not counted
    print("ready", flush=True)
    spent, worked, seen, best, state = 0.0, 0.0, 0, 0.0, "trains"
    for _ in sys.stdin:
        until = spent + WINDOW
        while spent < until and state == "trains":
            clock, processor = time.perf_counter(), time.process_time()
            count, accuracy = next(turns, (-1, float("nan")))
            if count < 0:
                state = "ended"
            elif count:
                spent, worked = spent + time.perf_counter() - clock, worked + time.process_time() - processor
                seen += count
            else:
                best = max(best, accuracy)
                state = "reached" if best >= race.accuracy else state
        print(spent, worked, seen / examples, best, state, flush=True)


def run(name: str) -> None:
    """Both sides in turns, each until it is there or at its end; prints what it took."""
    race, sides, said = RACES[name], {}, {side: ["0"] * 4 + ["trains"] for side in SIDES}
    for side in SIDES:
        environment = os.environ | loops.SPINNING if side == "course" else os.environ
        command = [sys.executable, "-m", "benchmarks.to_accuracy", "--side", side, name]
        sides[side] = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert _line(sides[side]) == ["ready"], side
    try:
        while any(one[-1] == "trains" for one in said.values()):
            for side, process in sides.items():
                if said[side][-1] == "trains":
                    assert process.stdin is not None
                    process.stdin.write("on\n")
                    process.stdin.flush()
                    said[side] = _line(process)
    finally:
        for process in sides.values():
            process.kill()
            process.wait()
    _tell(name, race, said)


def _line(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


def _tell(name: str, race: Race, said: dict[str, list[str]]) -> None:
    for side, (spent, worked, epochs, best, state) in said.items():
        print(
            f"{name:<8} {side:<7} {float(spent):>7.1f} s, {float(worked):>7.1f} s of processor time, "
            f"{float(epochs):.2f} epochs, best {float(best):.2%} ({state} {race.accuracy:.0%})"
        )
    if all(one[-1] == "reached" for one in said.values()):
        sooner = [float(said["course"][place]) / float(said["ours"][place]) for place in (0, 1)]
        print(f"{name:<8} {sooner[0]:.1f}× sooner (aim {AIM:g}×), by processor time {sooner[1]:.1f}×", flush=True)


def main() -> None:
    asked = sys.argv[1:]
    if asked[:1] == ["--side"]:
        serve(asked[1], RACES[asked[2]])
        return
    for name in asked or RACES:
        run(name)


if __name__ == "__main__":
    main()
