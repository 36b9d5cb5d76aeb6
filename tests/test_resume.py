"""N steps, a kill, and M steps more are N + M steps, to the bit; at whatever moment, with whatever config.

python -m tests.test_resume 20      so many SIGKILLs of real workers at random moments, each run resumed
"""

from __future__ import annotations

import dataclasses
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from cnnviz import checkpoints, run_files, runs, training
from cnnviz.records import Event, Finished, Started, Steering, Step, TrainConfig
from cnnviz.run_files import control_files
from cnnviz.runs.supervision import Supervisor
from cnnviz.training import interruption, keeping, worker
from cnnviz.training.resumption import ResumeError, ResumeState
from tests.support.waiting import PATIENCE
from tests.test_runs import ROOT, ended, until

BASE = TrainConfig("digits", "lenet5", epochs=2, examples=300, batch_size=32, lr=0.05)
CONFIGS = {
    "momentum, crops, flips": dataclasses.replace(BASE, momentum=0.9, augmentation=("crop", "flip")),
    "dropout, Adam, cosine": dataclasses.replace(
        BASE, model="fc2layer", optimizer="adam", lr=0.002, schedule="cosine", options=(("dropout", 0.3),)
    ),
    "batch norm, AdamW, one cycle": dataclasses.replace(
        BASE, model="deep_cnn", optimizer="adamw", lr=0.002, schedule="onecycle", examples=96, weight_decay=0.01,
        options=(("batch_norm", True), ("depth", 2)),
    ),
    "probes, snapshots, a permutation": dataclasses.replace(
        BASE, model="fc2layer", probes=("gradient_norms",), snapshots=4, permutation=3
    ),
}  # fmt: skip


def plain(event: Event) -> Any:
    """Without clocks and rates."""
    values = dataclasses.asdict(event)
    return type(event), {name: one for name, one in values.items() if name not in ("seconds", "images_per_second")}


def cut_after(config: TrainConfig, steps: int, **given: Any) -> tuple[list[Event], ResumeState]:
    """The events of a run up to a pause point after so many steps, and its state there."""
    events: list[Event] = []
    states: list[ResumeState] = []

    def look(run: training.Training) -> None:
        if run.step >= steps and not states:
            state = run.state()
            tensors = {name: one.clone() for name, one in state.tensors.items()}
            states.append(dataclasses.replace(state, tensors=tensors))

    run = training.train(config, on_pause_point=look, stop=lambda: run.step >= steps, **given)
    for event in run:
        if isinstance(event, Finished):
            break
        events.append(event)
    return events, states[0]


@pytest.mark.parametrize("name", CONFIGS)
def test_to_the_bit(name: str, tmp_path: Path) -> None:
    config = CONFIGS[name]
    whole = training.train(config)
    wanted = list(whole)
    total = sum(isinstance(event, Step) for event in wanted)
    per_epoch = total // 2
    for steps in sorted({1, per_epoch - 1, per_epoch, per_epoch + 1, random.Random(name).randrange(1, total)}):
        before, state = cut_after(config, steps)
        state.save(tmp_path / "state")
        torch.manual_seed(steps)  # a new process, and whatever it has drawn
        run = training.train(config, resume=ResumeState.load(tmp_path / "state"))
        after = list(run)
        assert isinstance(after[0], Started)
        assert [plain(event) for event in (*before, *after[1:])] == [plain(event) for event in wanted], steps
        for one, other in zip(run.model.state_dict().values(), whole.model.state_dict().values(), strict=True):
            assert torch.equal(one, other)


def test_steering_is_part_of_it(tmp_path: Path) -> None:
    """Values that were changed on the way hold on, and so does the schedule that was planned anew."""
    config = dataclasses.replace(BASE, schedule="cosine", momentum=0.5)
    changes = {4: Steering(lr=0.02, batch_size=50), 9: Steering(lr=0.03, momentum=0.8, batch_size=50)}
    wanted = list(training.train(config, steering=training.replay(changes)))
    for steps in (2, 6, 11, 13):
        before, state = cut_after(config, steps, steering=training.replay(changes))
        after = list(training.train(config, resume=state, steering=training.replay(changes)))
        assert [plain(event) for event in (*before, *after[1:])] == [plain(event) for event in wanted], steps


def test_a_state_of_something_else_is_refused(tmp_path: Path) -> None:
    _, state = cut_after(BASE, 3)
    with pytest.raises(ResumeError, match="another config"):
        training.train(dataclasses.replace(BASE, lr=0.1), resume=state)
    broken = dataclasses.replace(
        state, tensors={name: one for name, one in state.tensors.items() if "conv" not in name}
    )
    with pytest.raises(ResumeError, match="another network"):
        training.train(BASE, resume=broken)
    path = tmp_path / "state"
    state.save(path)
    data = path.read_bytes()
    for wrong in (b"", data[: len(data) // 2], b"\x80" + data[1:], b"not at all"):
        path.write_bytes(wrong)
        with pytest.raises(ResumeError, match="start the run anew"):
            ResumeState.load(path)


# --------------------------------------------------------------------------------------------- in a run directory
@pytest.fixture(autouse=True)
def folder(own_runs: Path) -> Path:
    return own_runs


def directory(folder: Path, config: TrainConfig) -> Path:
    path = folder / config.run_id
    path.mkdir(parents=True)
    run_files.write_config(path, config)
    return path


def lines(path: Path) -> list[Any]:
    return [plain(event) for event in run_files.read_events(path)]


class Kill(BaseException):
    """Ends a worker in the middle of anything, as SIGKILL does."""


@pytest.mark.parametrize("seed", range(4))
def test_a_worker_that_is_killed_goes_on_from_its_last_state(
    folder: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Its files are those of a run that nobody killed, clocks apart; lines after the state are written once."""
    draw = random.Random(seed)
    monkeypatch.setattr("cnnviz.training.recording.LINES", draw.choice([2, 3, 400]))  # a line: several steps, or one
    config = dataclasses.replace(BASE, momentum=0.9, snapshots=draw.choice([0, 3]), probes=("weight_norms",))
    calm = directory(folder / "calm", config)
    assert worker.work(calm)
    path = directory(folder, config)
    monkeypatch.setattr(keeping, "EVERY", 0.0)
    monkeypatch.setattr(keeping, "SHARE", 0)
    monkeypatch.setattr(training.loop, "BUFFER_SECONDS", 0.0)
    for _ in range(3):
        with monkeypatch.context() as patch:
            patch.setattr(training.loop.Training, "_take", dying(draw.randrange(2, 7)))
            with pytest.raises(Kill):
                worker.work(path)
    assert worker.work(path)
    assert lines(path) == lines(calm)
    assert not (path / run_files.RESUME).exists()
    assert not list(path.glob("earlier-*"))
    for name in (
        "weights.safetensors",
        *(f"snapshots/step_{step:06d}.safetensors" for step in runs.Run(calm).snapshots()),
    ):
        assert (path / name).read_bytes() == (calm / name).read_bytes()


def dying(steps: int) -> Callable[..., Any]:
    left, take = [steps], training.loop.Training._take

    def taken(*given: Any) -> Any:
        left[0] -= 1
        if not left[0]:
            raise Kill
        return take(*given)

    return taken


def test_a_state_that_is_damaged_is_said_and_the_run_starts_anew(folder: Path) -> None:
    path = directory(folder, BASE)
    (path / run_files.RESUME).write_bytes(b"no state")
    (path / run_files.METRICS).write_text("what an earlier run left\n")
    assert worker.work(path)
    assert runs.Run(path).status().state == "finished"
    assert (path / "earlier-1" / run_files.METRICS).read_text() == "what an earlier run left\n"
    assert (path / "earlier-1" / run_files.RESUME).read_bytes() == b"no state"


SERVER = """
import sys, time
from cnnviz import runs
from cnnviz.records import TrainConfig
run = runs.start(TrainConfig.from_json({config}))
while run.status().step < 40:
    time.sleep(0.02)
print(runs.supervisor()._busy[0].process.pid, flush=True)
time.sleep(600)
"""


def test_sigterm_to_the_server_saves_the_state_and_the_run_goes_on(boss: Supervisor) -> None:
    config = dataclasses.replace(BASE, examples=None, epochs=100_000)
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER.replace("{config}", repr(config.to_json()))], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    owner = run_files.Owner.of(int(server.stdout.readline()))
    server.terminate()
    server.wait()
    server.stdout.close()
    until(lambda: not owner.lives())
    (run,) = runs.list()
    status = run.status()
    assert status.state == "interrupted"
    assert run.resumable
    state = ResumeState.load(run.path / run_files.RESUME)
    assert state.values["step"] == status.step, "the very step at which it ended"
    before = run.events()
    assert runs.resume(run.id) == run
    until(lambda: run.status().step > status.step + 30)
    assert run.events()[: len(before) - 1] == before[:-1]
    run.stop()
    until(lambda: ended(run))
    assert run.status().state == "stopped", run.log()
    assert checkpoints.load(run.id) is not None
    steps = [event.step for event in run.events() if isinstance(event, Step)]
    assert steps == sorted(set(steps))
    assert sum(isinstance(event, Started) for event in run.events()) == 1
    assert not list(run.path.glob("earlier-*"))


@pytest.mark.parametrize(("slow", "taken"), [(float("inf"), 7), (0.0, 6)], ids=["quick steps", "slow ones"])
def test_a_signal_leaves_weights_and_the_state(
    slow: float, taken: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a cluster's scheduler sends it before it kills; the same command then goes on. A slow step is given up."""
    monkeypatch.setattr(interruption, "SLOW", slow)
    path = directory(folder, dataclasses.replace(BASE, momentum=0.9))
    calm = directory(folder / "calm", dataclasses.replace(BASE, momentum=0.9))
    assert worker.work(calm)
    run, take = runs.Run(path), training.loop.Training._take

    def signalled(*given: Any) -> Any:
        if given[0].step == 6:
            control_files.SIGNALLED.set()
        return take(*given)

    try:
        with monkeypatch.context() as patch:
            patch.setattr(training.loop.Training, "_take", signalled)
            assert worker.work(path)
    finally:
        control_files.SIGNALLED.clear()
    stopped = run.status()
    assert (stopped.state, stopped.step) == ("stopped", taken)
    assert run.has_weights()
    assert run.resumable
    assert ResumeState.load(path / run_files.RESUME).values["step"] == taken
    assert worker.work(path)
    assert lines(path) == lines(calm)


def test_a_finished_run_cannot_go_on(folder: Path, boss: Supervisor) -> None:
    path = directory(folder, dataclasses.replace(BASE, epochs=1))
    assert worker.work(path)
    assert not runs.Run(path).resumable
    with pytest.raises(runs.RunError, match="cannot go on: it is finished"):
        runs.resume(path.name)


def test_the_lease_is_renewed_while_nothing_happens(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is paused, or in a long evaluation, still says to other hosts that it lives."""
    monkeypatch.setattr("cnnviz.training.recording.RENEWED", 0.05)
    path, before = directory(folder, BASE), set(threading.enumerate())
    recorder = training.recording.Recorder(path)  # type: ignore[attr-defined]
    recorder.begin(BASE)
    stamps = set()
    until(lambda: stamps.add(run_files.read_json(path / "status.json")["written"]) or len(stamps) > 3)
    (lease,) = set(threading.enumerate()) - before
    recorder.fail(ValueError("enough"))
    lease.join(PATIENCE)
    assert not lease.is_alive()
    assert run_files.read_json(path / "status.json")["state"] == "failed"


# --------------------------------------------------------------------------------------------- at length
OFTEN = """
import sys
from cnnviz.training import interruption, keeping, worker
keeping.EVERY, keeping.SHARE = 0.05, 0
worker.main([sys.argv[1]])
"""


def main(kills: int) -> None:
    """Kills workers that save their state every twentieth of a second; compares with runs that nobody killed."""
    draw, done, whole = random.Random(0), 0, 0
    with tempfile.TemporaryDirectory() as name:
        while done < kills:
            config = dataclasses.replace(BASE, seed=whole, examples=None, epochs=25, momentum=0.9, snapshots=3)
            calm, path = directory(Path(name, "calm"), config), directory(Path(name, "killed"), config)
            assert worker.work(calm)
            while True:
                process = subprocess.Popen([sys.executable, "-c", OFTEN, str(path)], cwd=ROOT)
                before = run_files.written_status(path).step
                until(lambda: process.poll() is not None or run_files.written_status(path).step > before + 5)  # noqa: B023
                time.sleep(draw.random())
                process.kill()
                if process.wait() == 0:
                    break
                done += 1
            assert lines(path) == lines(calm), config
            assert (path / run_files.WEIGHTS).read_bytes() == (calm / run_files.WEIGHTS).read_bytes(), config
            whole += 1
    print(f"{done} kills of {whole} runs: events and weights are those of runs that nobody killed")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
